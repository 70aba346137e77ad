import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { allBooks, settled, type Books } from "./books.ts";
import { CAST, type Actor, type Library } from "./cast.ts";
import type { Cue, PortReport, Word } from "./script.ts";

/** Beside this file; by the name of the folder it is found from a bundle too. */
const ACTOR = fileURLToPath(new URL(`../demo/actor${path.extname(import.meta.url)}`, import.meta.url));

/** ms for each act of an actor that should take no time, and for the last messages to arrive. */
const PATIENCE = 10_000;
const LOOK_EVERY = 20;
/** Looks in a row at which the books must be settled: a message may be in the hands of a worker between two links. */
const SURE = 10;

/** One process and what it said last. */
interface Player {
  readonly actor: Actor;
  readonly process: ChildProcess;
  addresses: Readonly<Record<string, string>> | null;
  ports: Readonly<Record<string, PortReport>>;
  quiet: boolean;
  exited: boolean;
}

/**
 * Runs the demo's processes: opens them in order, starts and stops them together, and leaves none behind. Actors end by
 * themselves when this process is gone, whatever ended it.
 */
export class Director {
  readonly #folder: string;
  readonly #foreign: Library;
  readonly #players: Player[] = [];
  #ending = false;
  #failure: Error | null = null;

  /** `foreign`: what those actors run on that are to be of the other library. `folder`: for ipc endpoints. */
  constructor(folder: string, foreign: Library) {
    this.#folder = folder;
    this.#foreign = foreign;
  }

  /** Starts all processes. Those who bind say where, before the others connect. */
  async open(): Promise<void> {
    for (const actor of CAST) this.#players.push(this.#start(actor));
    for (const first of [true, false]) {
      const players = this.#players.filter(({ actor }) => (actor.uses.length === 0) === first);
      for (const player of players) this.#openOne(player);
      await this.#until("open their sockets", () => players.every((player) => player.addresses !== null));
    }
  }

  go(): void {
    this.#tell({ cue: "go" });
  }

  /** Senders stop, and what is on its way arrives: the books as they stand then. */
  async stop(): Promise<Books[]> {
    this.#tell({ cue: "stop" });
    await this.#until("finish what they began", () => this.#players.every((player) => player.quiet));
    const end = performance.now() + PATIENCE;
    for (let sure = 0; sure < SURE && performance.now() < end; sure = this.books().every(settled) ? sure + 1 : 0) {
      await this.#look();
    }
    return this.books();
  }

  /** Closes all sockets and processes. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#tell({ cue: "end" });
    try {
      await this.#until("end", () => this.#players.every((player) => player.exited));
    } finally {
      this.abort();
    }
  }

  /** Ends all processes at once. */
  abort(): void {
    this.#ending = true;
    for (const player of this.#players) if (!player.exited) player.process.kill("SIGKILL");
  }

  /** Where all messages are, by the last reports. */
  books(): Books[] {
    return allBooks(this.#players.map((player) => player.ports));
  }

  /** Waits a moment; throws when an actor was lost. */
  async #look(): Promise<void> {
    await delay(LOOK_EVERY);
    this.check();
  }

  /** Throws when an actor was lost. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #start(actor: Actor): Player {
    const child = fork(ACTOR, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const player: Player = { actor, process: child, addresses: null, ports: {}, quiet: false, exited: false };
    child.on("message", (word: Word) => this.#hear(player, word));
    child.on("error", (error) => (this.#failure ??= error));
    child.on("exit", (code, signal) => {
      player.exited = true;
      if (!this.#ending)
        this.#failure ??= new Error(`the ${actor.role} ended early (${signal ?? `exit code ${code}`})`);
    });
    return player;
  }

  #openOne({ actor, process: child }: Player): void {
    const addresses = Object.assign({}, ...this.#players.map((player) => player.addresses)) as Record<string, string>;
    const uses = actor.uses.map((name) => addresses[name] ?? "");
    const library = actor.foreign === true ? this.#foreign : "zeromq-ts";
    child.send({ cue: "open", role: actor.role, library, uses, folder: this.#folder } satisfies Cue);
  }

  #hear(player: Player, word: Word): void {
    if (word.is === "open") player.addresses = word.addresses;
    else if (word.is === "quiet") player.quiet = true;
    else player.ports = word.ports;
  }

  #tell(cue: Cue): void {
    for (const player of this.#players) if (player.process.connected) player.process.send(cue);
  }

  async #until(what: string, there: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!there()) {
      if (performance.now() > end) throw new Error(`some processes did not ${what} within ${PATIENCE / 1000} s`);
      await this.#look();
    }
  }
}
