/**
 * Results as text.
 *
 * @typedef {{ name: string, unit: string, lower: boolean, medians: Record<string, number>,
 * ahead: Record<string, number>, values: Record<string, number[]> }} Row
 */

const COLUMNS = ["zeromq-ts", "libzmq", "zeromq.js"];
const OTHERS = ["libzmq", "zeromq.js"];
const NAME_WIDTH = 50;
const WIDTH = 13;
const MISSING = "–";

/** The head of a table for a terminal; rows follow one by one, as they are measured. */
export function headLine() {
  return [
    "".padEnd(NAME_WIDTH),
    ...COLUMNS.map((name) => name.padStart(WIDTH)),
    ...OTHERS.map((name) => `vs ${name}`.padStart(WIDTH)),
    " unit",
  ].join("");
}

/** @param {Row} row */
export function line(row) {
  return [row.name.padEnd(NAME_WIDTH), ...cells(row).map((cell) => cell.padStart(WIDTH)), ` ${row.unit}`].join("");
}

/** @param {readonly Row[]} rows */
export function markdown(rows) {
  const head = ["", "unit", ...COLUMNS, ...OTHERS.map((name) => `vs ${name}`)];
  const rule = head.map((_, column) => (column < 2 ? "---" : "--:"));
  const body = rows.map((row) => [row.name, row.unit, ...cells(row)]);
  return [head, rule, ...body].map((each) => `| ${each.join(" | ")} |`).join("\n");
}

function cells({ medians, ahead }) {
  return [...COLUMNS.map((name) => short(medians[name])), ...OTHERS.map((name) => ratio(ahead[name]))];
}

/** Three digits: there is no more in a measurement. */
export function short(value) {
  if (value === undefined) return MISSING;
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  return value >= 1e4 ? `${digits(value / 1e3)} k` : digits(value);
}

function digits(value) {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function ratio(value) {
  return value === undefined ? MISSING : value.toFixed(2);
}
