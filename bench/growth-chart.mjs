const PANEL = { width: 400, height: 210, left: 52, right: 14, top: 44, bottom: 26 };
const COLUMNS = 2;

/** Who is drawn, and how. */
const LINES = { "zeromq-ts": "ours", libzmq: "theirs" };

const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #59636e; }
  .title { font-size: 13px; font-weight: 600; fill: #1f2328; }
  .grid { stroke: #d1d9e0; }
  .line { fill: none; stroke-width: 2; }
  .ours { stroke: #1a7f37; }
  .theirs { stroke: #0969da; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .title { fill: #f0f6fc; }
    .grid { stroke: #3d444d; }
    .ours { stroke: #3fb950; }
    .theirs { stroke: #4493f8; }
  }`;

/**
 * How cost grows, as an SVG: a panel for each curve, both axes logarithmic. The background is the page's.
 *
 * @param {ReturnType<typeof import("./growth-rows.mjs").curvesOf>} curves
 */
export function growthChart(curves) {
  const rows = Math.ceil(curves.length / COLUMNS);
  const size = `${COLUMNS * PANEL.width} ${rows * PANEL.height + 20}`;
  const panels = curves.map((curve, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = 20 + Math.floor(index / COLUMNS) * PANEL.height;
    return `<g transform="translate(${x} ${y})">\n${panel(curve)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img" aria-labelledby="title">
<title id="title">How cost grows, zeromq-ts and libzmq in C</title>
<style>${STYLE}
</style>
<path class="line ours" d="M0 8h24" /><text x="30" y="12">zeromq-ts</text>
<path class="line theirs" d="M100 8h24" /><text x="130" y="12">libzmq in C</text>
${panels.join("\n")}
</svg>
`;
}

function panel({ title, axis, unit, points }) {
  const names = Object.keys(LINES).filter((name) => points.some(({ medians }) => medians[name] > 0));
  const x = scale(
    points.map(({ at }) => at),
    PANEL.left,
    PANEL.width - PANEL.right,
  );
  const values = points.flatMap(({ medians }) => names.map((name) => medians[name])).filter((value) => value > 0);
  const [low, high] = [
    10 ** Math.floor(Math.log10(Math.min(...values))),
    10 ** Math.ceil(Math.log10(Math.max(...values) * 1.01)),
  ];
  const y = scale([low, high], PANEL.height - PANEL.bottom, PANEL.top);
  const ticks = [];
  for (let tick = low; tick <= high; tick *= 10) ticks.push(tick);
  return [
    `<text class="title" x="${PANEL.left}" y="16">${title}</text><text x="${PANEL.left}" y="31">${unit}, by ${axis}</text>`,
    ...ticks.map((tick) => gridLine(tick, y(tick))),
    ...points.map(
      ({ at, label }) => `<text x="${place(x(at))}" y="${PANEL.height - 8}" text-anchor="middle">${label}</text>`,
    ),
    ...names.map((name) =>
      line(
        LINES[name],
        points.filter(({ medians }) => medians[name] > 0).map(({ at, medians }) => [x(at), y(medians[name])]),
      ),
    ),
  ].join("\n");
}

function scale(values, from, to) {
  const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  return (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low || 1);
}

function gridLine(tick, y) {
  const line = `<line class="grid" x1="${PANEL.left}" y1="${place(y)}" x2="${PANEL.width - PANEL.right}" y2="${place(y)}" />`;
  return `${line}<text x="${PANEL.left - 6}" y="${place(y + 4)}" text-anchor="end">${power(tick)}</text>`;
}

function line(style, places) {
  return `<path class="line ${style}" d="M${places.map(([x, y]) => `${place(x)} ${place(y)}`).join("L")}" />`;
}

function power(value) {
  const [unit, by] = [
    [" M", 1e6],
    [" k", 1e3],
    ["", 0],
  ].find(([, least]) => value >= least);
  return `${Number((value / (by || 1)).toPrecision(1))}${unit}`;
}

function place(position) {
  return position.toFixed(1);
}
