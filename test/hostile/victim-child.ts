import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SocketStats } from "../../src/observe/metrics.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { until } from "../conformance/recorders.ts";
import { goodClient, type GoodClient } from "./good-client.ts";

/** What a victim's process says of itself. */
export interface Report {
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  readonly stats: SocketStats;
  readonly unaccounted: number;
}

interface Said {
  readonly endpoint?: string;
  readonly heard?: string;
  readonly report?: Report;
}

/** What a victim and its good client are given beside its options. */
export interface Beside {
  /** The options with which the victim lets the good client in. */
  readonly credentials?: object;
  /** MiB that the JavaScript heap of the victim may have; 64 if not said. */
  readonly heap?: number;
}

/** A victim in a process of its own, where running out of memory shows as its end; and the good client, here. */
export class VictimChild {
  endpoint = "";
  client: GoodClient | null = null;
  readonly #process: ChildProcess;
  readonly #heard: Set<string> = new Set();
  #report: Report | undefined;
  #code: number | string | null | undefined;

  constructor(type: TypeName, options: object, heap: number) {
    const program = fileURLToPath(new URL("victim-process.js", import.meta.url));
    this.#process = fork(program, [type, JSON.stringify(options)], {
      execArgv: [...flags(), `--max-old-space-size=${heap}`, "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (said: Said) => {
      this.endpoint = said.endpoint ?? this.endpoint;
      this.#report = said.report ?? this.#report;
      if (said.heard !== undefined) this.#heard.add(said.heard);
    });
    this.#process.on("exit", (code, signal) => (this.#code = signal ?? code));
  }

  /** Fails when the process is gone. */
  async report(): Promise<Report> {
    this.#report = undefined;
    this.#process.send({});
    await until("a report", () => this.#report !== undefined || this.#code !== undefined, 20_000);
    assert.equal(this.#code, undefined, "the victim's process ended");
    return this.#report ?? assert.fail("there is one: the condition above");
  }

  /** Waits until its counters say so. */
  async sees(what: string, fact: (stats: SocketStats) => boolean): Promise<void> {
    const end = performance.now() + 20_000;
    while (!fact((await this.report()).stats)) assert.ok(performance.now() < end, `waited for: ${what}`);
  }

  async served(): Promise<void> {
    assert.equal(this.#code, undefined, "the victim's process ended");
    await this.client?.served();
  }

  async begin(type: TypeName, credentials: object): Promise<void> {
    await until("a victim's endpoint", () => this.endpoint !== "" || this.#code !== undefined, 10_000);
    this.client = await goodClient(type, this.endpoint, (token) => this.#heard.delete(token), credentials);
  }

  end(): void {
    this.client?.close();
    this.#process.kill("SIGKILL");
  }
}

/** This process's own flags, but for those of the test runner. */
function flags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith("--conditions") || flag === "--enable-source-maps");
}

/** Runs an attack on a victim that must outlive it, serve the good client, and end with balanced books. */
export async function withVictimChild(
  type: TypeName,
  options: object,
  attack: (victim: VictimChild) => Promise<void>,
  { credentials = {}, heap = 64 }: Beside = {},
): Promise<void> {
  const victim = new VictimChild(type, options, heap);
  try {
    await victim.begin(type, credentials);
    await attack(victim);
    await victim.served();
    assert.equal((await victim.report()).unaccounted, 0);
  } finally {
    victim.end();
  }
}
