/** @typedef {import("./table.mjs").Row} Row */

const NAMES = 330;
const PLOT = 470;
const MARGIN = 60;
const WIDTH = NAMES + PLOT + MARGIN;
const ROW = 20;
const BAR = 12;
const TOP = 64;
const BOTTOM = 16;

const TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .small { font-size: 11px; fill: #59636e; }
  .title { font-size: 15px; font-weight: 600; }
  .grid { stroke: #d1d9e0; }
  .one { stroke: #59636e; stroke-width: 1.5; }
  .ahead { fill: #1a7f37; }
  .behind { fill: #bc4c00; }
  .other { fill: none; stroke: #0969da; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .one { stroke: #9198a1; }
    .ahead { fill: #3fb950; }
    .behind { fill: #db6d28; }
    .other { stroke: #4493f8; }
  }`;

/**
 * How far ahead of libzmq in C each row is, as an SVG: a bar for this package, a ring for zeromq.js, on a logarithmic
 * scale whose middle is libzmq. The background is the page's, and so is the choice of light or dark.
 *
 * @param {readonly Row[]} rows
 */
export function chart(rows) {
  const drawn = rows.filter(({ ahead }) => ahead.libzmq > 0); // a logarithmic scale has no 0
  const height = TOP + drawn.length * ROW + BOTTOM;
  const others = drawn.map(otherThere);
  const scale = scaleOf([...drawn.map(({ ahead }) => ahead.libzmq), ...others.filter((value) => value !== undefined)]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">zeromq-ts and zeromq.js relative to libzmq in C</title>
<style>${STYLE}
</style>
<text class="title" x="0" y="16">Relative to libzmq in C; right of 1 is better</text>
<rect class="ahead" x="0" y="27" width="10" height="10" /><rect class="behind" x="10" y="27" width="10" height="10" />
<text class="small" x="26" y="36">zeromq-ts</text>
<circle class="other" cx="103" cy="32" r="4" /><text class="small" x="112" y="36">zeromq.js</text>
${scale.ticks.map((tick) => gridLine(tick, scale.x(tick), height)).join("\n")}
${drawn.map((row, at) => bar(row, TOP + at * ROW, scale)).join("\n")}
</svg>
`;
}

/** zeromq.js relative to libzmq: where this package is relative to libzmq, over where it is relative to zeromq.js. */
function otherThere({ ahead }) {
  return ahead["zeromq.js"] > 0 ? ahead.libzmq / ahead["zeromq.js"] : undefined;
}

function scaleOf(values) {
  const low = Math.log10(Math.min(0.5, ...values) * 0.9);
  const high = Math.log10(Math.max(2, ...values) * 1.1);
  const x = (value) => NAMES + (PLOT * (Math.log10(value) - low)) / (high - low);
  return { x, ticks: TICKS.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high) };
}

function gridLine(tick, x, height) {
  const line = `<line class="${tick === 1 ? "one" : "grid"}" x1="${at(x)}" y1="${TOP - 6}" x2="${at(x)}" y2="${height - BOTTOM}" />`;
  return `${line}<text class="small" x="${at(x)}" y="${TOP - 10}" text-anchor="middle">${tick}</text>`;
}

function bar(row, y, { x }) {
  const value = row.ahead.libzmq;
  const ends = [x(1), x(value)].sort((one, other) => one - other);
  const other = otherThere(row);
  const middle = y + BAR / 2;
  return [
    `<text x="${NAMES - 10}" y="${middle + 4}" text-anchor="end">${escaped(row.name)}</text>`,
    `<rect class="${value < 1 ? "behind" : "ahead"}" x="${at(ends[0])}" y="${y}" width="${at(Math.max(1, ends[1] - ends[0]))}" height="${BAR}" />`,
    other === undefined ? "" : `<circle class="other" cx="${at(x(other))}" cy="${middle}" r="4" />`,
    `<text class="small" x="${WIDTH}" y="${middle + 4}" text-anchor="end">${value.toFixed(2)}</text>`,
  ].join("");
}

function at(position) {
  return position.toFixed(1);
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
