import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Arguments } from "../args.ts";
import { MEASURES, type Result } from "../bench/measure.ts";
import { UsageError } from "../failure.ts";
import { GENERAL_FLAGS, type Values } from "../flags.ts";
import { onInterrupt } from "../interrupt.ts";
import type { Verb } from "../verb.ts";

const TRANSPORTS: Readonly<Record<string, (folder: string) => string>> = {
  tcp: () => "tcp://127.0.0.1:*",
  ipc: (folder) => `ipc://${folder}/bench`,
  inproc: () => "inproc://bench",
};

const FLAGS = {
  patterns: { type: "text", value: "LIST", default: Object.keys(MEASURES).join(","), doc: "What to measure." },
  transports: { type: "text", value: "LIST", default: Object.keys(TRANSPORTS).join(","), doc: "What over." },
  sizes: { type: "text", value: "LIST", default: "16,1024,65536", doc: "Bytes of a message." },
  seconds: { type: "number", min: 1, value: "N", default: 1, doc: "How long each row takes." },
  json: { type: "boolean", doc: "Write an array of results instead of a table." },
  ...GENERAL_FLAGS,
} as const;

export const BENCH: Verb = {
  name: "bench",
  doc: "Measures this machine: messages a second, and how long a round trip takes, between two processes.",
  operands: "",
  notes: [
    "push-pull counts what one process receives from another; req-rep times requests with one in flight. Over inproc " +
      "both sides share one process, and messages are handed over as they are, whatever their size. It is a quick look: other programs on the machine disturb it.",
  ],
  flags: FLAGS,
  options: {},
  examples: [
    ["zmq bench", "everything, in about twenty seconds"],
    ["zmq bench --patterns push-pull --transports tcp --sizes 1,100,10000 --json", "one pattern, for a script"],
  ],
  run: ({ values }: Arguments) => bench(values),
};

interface Row extends Result {
  readonly pattern: string;
  readonly transport: string;
  readonly size: number;
}

async function bench(values: Values<typeof FLAGS>): Promise<undefined> {
  const patterns = listed(values.patterns ?? FLAGS.patterns.default, "patterns", Object.keys(MEASURES));
  const transports = listed(values.transports ?? FLAGS.transports.default, "transports", Object.keys(TRANSPORTS));
  const sizes = (values.sizes ?? FLAGS.sizes.default).split(",").map(toSize);
  const folder = mkdtempSync(path.join(os.tmpdir(), "zmq-bench-"));
  const leave = (): void => rmSync(folder, { recursive: true, force: true });
  const forget = onInterrupt(leave);
  const rows: Row[] = [];
  if (values.json !== true) console.log(line(["pattern", "over", "bytes", "msg/s", "MB/s", "p50 µs", "p99 µs"]));
  try {
    for (const [pattern, transport, size] of combined(patterns, transports, sizes)) {
      const address = TRANSPORTS[transport]?.(folder) ?? "";
      const result = await MEASURES[pattern]?.({ address, size, seconds: values.seconds ?? FLAGS.seconds.default });
      if (result === undefined) continue;
      rows.push({ pattern, transport, size, ...result });
      if (values.json !== true) console.log(line([pattern, transport, String(size), ...cells(result)]));
    }
  } finally {
    leave();
    forget();
  }
  if (values.json === true) console.log(JSON.stringify(rows, null, 2));
  return undefined;
}

function* combined(patterns: string[], transports: string[], sizes: number[]): Generator<[string, string, number]> {
  for (const pattern of patterns)
    for (const transport of transports) for (const size of sizes) yield [pattern, transport, size];
}

function listed(given: string, flag: string, known: readonly string[]): string[] {
  const names = given.split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--${flag} takes a list of ${known.join(", ")}, not "${unknown}"`);
}

function toSize(given: string): number {
  const size = Number(given);
  if (given !== "" && Number.isInteger(size) && size >= 0) return size;
  throw new UsageError(`--sizes takes a list of whole numbers, as in 16,1024, not "${given}"`);
}

function cells({ perSecond, bytesPerSecond, p50Micros, p99Micros }: Result): string[] {
  const micros = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(1));
  return [
    Math.round(perSecond).toLocaleString("en-US"),
    (bytesPerSecond / 1e6).toFixed(1),
    micros(p50Micros),
    micros(p99Micros),
  ];
}

function line(texts: readonly string[]): string {
  return texts
    .map((text, at) => (at < 2 ? text.padEnd(10) : text.padStart(11)))
    .join(" ")
    .trimEnd();
}
