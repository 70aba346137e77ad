import { balanced, missing, type Books } from "./books.ts";

const COLUMNS = [9, 25, 10, 8, 9, 24] as const;
const HEAD = ["link", "by", "msg/s", "MB/s", "queued", "dropped"];

/** Shows the books while messages flow: redrawn in place on a terminal, lines elsewhere. */
export class Show {
  readonly #terminal: boolean;
  #before: readonly Books[] = [];
  #at = 0;
  #drawn = 0;

  constructor(terminal: boolean) {
    this.#terminal = terminal;
  }

  /** `elapsed`: seconds since the start. */
  update(books: readonly Books[], elapsed: number): void {
    const span = elapsed - this.#at;
    const rows = books.map((each, at) => liveRow(each, this.#before[at], span));
    this.#before = books;
    this.#at = elapsed;
    if (this.#terminal) this.#redraw([columns(HEAD), ...rows.map(columns), "", `${elapsed.toFixed(1)} s`]);
    else print(rows.map((row) => `${elapsed.toFixed(0).padStart(3)} s  ${columns(row)}`));
  }

  #redraw(lines: readonly string[]): void {
    const up = this.#drawn === 0 ? "" : `\x1b[${this.#drawn}A`; // ECMA-48: cursor up; K erases to the line's end
    const width = process.stdout.columns - 1; // a wrapped line would be two, and the way up one short
    process.stdout.write(`${up}${lines.map((line) => `${line.slice(0, width)}\x1b[K\n`).join("")}`);
    this.#drawn = lines.length;
  }
}

export function liveHead(): string {
  return `   s    ${columns(HEAD)}`;
}

function liveRow(books: Books, before: Books | undefined, span: number): string[] {
  const rate = (of: (books: Books) => number): number => (of(books) - (before === undefined ? 0 : of(before))) / span;
  const messages = Math.round(rate((each) => each.received));
  const bytes = rate((each) => each.bytes);
  const { link, queued } = books;
  return [link.name, link.by, number(messages), (bytes / 1e6).toFixed(2), number(queued), reasonsOf(books)];
}

/** The books at the end, and whether all balance. */
export function printSummary(books: readonly Books[]): boolean {
  const lines = books.map((each) => {
    const { link, sent, received, queued } = each;
    const sum = `${number(sent)} sent = ${number(received)} received + ${number(queued)} queued + ${reasonsOf(each)} dropped`;
    return `  ${link.name.padEnd(10)}${sum}${verdict(each)}`;
  });
  const good = books.every(balanced);
  print(["", "Where every message is:", ...lines, "", good ? "The books balance." : "The books do NOT balance."]);
  return good;
}

function verdict(books: Books): string {
  if (balanced(books)) return "";
  return `   WRONG: ${number(missing(books))} missing, ${number(books.unaccounted)} unaccounted for by sockets`;
}

/** "4,000 (no-subscriber 4,000)" */
function reasonsOf({ dropped, reasons }: Books): string {
  if (dropped === 0) return "0";
  const each = [...reasons].map(([reason, count]) => (reasons.size === 1 ? reason : `${reason} ${number(count)}`));
  return `${number(dropped)} (${each.join(", ")})`;
}

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at >= 2 && at <= 4 ? cell.padStart(COLUMNS[at] ?? 0) : cell.padEnd(COLUMNS[at] ?? 0)))
    .join(" ")
    .trimEnd();
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
