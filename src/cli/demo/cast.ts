/** Who plays in the demo, and what the table shows: all as data. What each one does is in roles.ts. */

export type Library = "zeromq-ts" | "libzmq";

export type RoleName =
  "requester" | "replier" | "weather station" | "listener" | "ventilator" | "worker" | "sink" | "relay" | "archive";

/** One process. */
export interface Actor {
  readonly role: RoleName;
  /** Runs on libzmq, where npm `zeromq` is installed. */
  readonly foreign?: true;
  /** Which of the addresses to use, by the names under which they were bound; roles decide what for. */
  readonly uses: readonly string[];
}

/** Those who bind come first: they tell the others their addresses. */
export const CAST: readonly Actor[] = [
  { role: "replier", uses: [] },
  { role: "weather station", uses: [] },
  { role: "ventilator", uses: [] },
  { role: "sink", uses: [] },
  { role: "archive", uses: [], foreign: true },
  { role: "requester", uses: ["service"] },
  { role: "requester", uses: ["service"], foreign: true },
  { role: "listener", uses: ["weather by tcp"] },
  { role: "listener", uses: ["weather by ipc"] },
  { role: "listener", uses: ["weather by tcp"], foreign: true },
  { role: "worker", uses: ["tasks", "results"] },
  { role: "worker", uses: ["tasks", "results"] },
  { role: "worker", uses: ["tasks", "results"] },
  { role: "worker", uses: ["tasks", "results"], foreign: true },
  { role: "relay", uses: ["archive"] },
];

/** A row of the table: all messages that go from ports of one name to ports of another. */
export interface Link {
  readonly name: string;
  readonly by: string;
  /** Names of ports (see roles.ts). */
  readonly from: string;
  readonly to: string;
}

export const LINKS: readonly Link[] = [
  { name: "requests", by: "REQ → REP, tcp", from: "asking", to: "answering" },
  { name: "replies", by: "REP → REQ, tcp", from: "answering", to: "asking" },
  { name: "weather", by: "PUB → 3 SUB, tcp + ipc", from: "weather", to: "listening" },
  { name: "tasks", by: "PUSH → 4 PULL, tcp", from: "tasks out", to: "tasks in" },
  { name: "results", by: "4 PUSH → PULL, ipc", from: "results out", to: "results in" },
  { name: "relay in", by: "PUSH → PULL, inproc", from: "relay source", to: "relay in" },
  { name: "relay out", by: "PUSH → PULL, ipc", from: "relay out", to: "archive in" },
];
