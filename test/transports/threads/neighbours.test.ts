import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../../src/base/message.ts";
import type { Call, Caller, Passage, PassageEvents } from "../../../src/transports/threads.ts";
import { Neighbours } from "../../../src/transports/threads/neighbours.ts";
import type { Outlet, Post } from "../../../src/transports/threads/outlet.ts";
import { until } from "../../conformance/recorders.ts";
import { zmqError } from "../../support/zmq-error.ts";
import { ManualTurns } from "./turns.ts";

/** Threads that are none: all in this one, with one clock and one channel. */
class Process {
  readonly members: Member[] = [];
  now = 1;

  /** A thread, started by another or, without one, by nobody that knows of it. */
  start(parent: Member | null = null): Member {
    const member = new Member(this, this.members.length, parent?.bequest);
    this.members.push(member);
    member.neighbours = new Neighbours(member, member.turns);
    return member;
  }

  /** Everything that was posted arrives, all turns run, and bells ring, until something is so. */
  async until(what: string, fact: () => boolean): Promise<void> {
    await until(what, () => {
      for (const member of this.members) {
        member.catchUp();
        member.turns.run();
      }
      return fact();
    });
  }
}

class Member implements Outlet {
  readonly thread: number;
  readonly isMain: boolean;
  readonly turns: ManualTurns = new ManualTurns();
  bequest: SharedArrayBuffer | undefined;
  neighbours!: Neighbours; // set right after it is made, for which it is needed
  alive = true;
  readonly #process: Process;
  #hear: ((post: Post) => void) | null = null;
  readonly #posts: Post[] = [];
  readonly watchers: [number, () => void][] = [];

  constructor(process: Process, thread: number, inherited: SharedArrayBuffer | undefined) {
    this.#process = process;
    this.thread = thread;
    this.isMain = thread === 0;
    this.bequest = inherited;
  }

  inherited(): SharedArrayBuffer | undefined {
    return this.bequest;
  }
  bequeath(memory: SharedArrayBuffer): void {
    this.bequest = memory;
  }
  listen(received: (post: Post) => void): void {
    this.#hear = received;
  }
  post(post: Post): void {
    for (const other of this.#process.members) if (other !== this && other.#hear !== null) other.#posts.push(post);
  }
  catchUp(): void {
    if (this.alive) for (const post of this.#posts.splice(0)) this.#hear?.(post);
  }
  watch(thread: number, gone: () => void): void {
    this.watchers.push([thread, gone]);
  }
  async isThere(thread: number): Promise<boolean> {
    const other = this.#process.members[thread];
    other?.catchUp();
    return other !== undefined && other.alive && other.#hear !== null;
  }
  onThreadEnd(): void {}
  now(): number {
    return (this.#process.now += 100_000);
  }
  random32(): number {
    return this.thread * 2 + 101;
  }

  /** The thread is ended from outside: it does nothing more, and others see its ports close. */
  kill(): void {
    this.alive = false;
    for (const each of this.#process.members) {
      for (const [thread, gone] of each.watchers) if (thread === this.thread) gone();
    }
  }
}

/** Who hears nothing but messages and ends. */
class Ear implements PassageEvents {
  readonly heard: string[] = [];

  message(message: Message): void {
    this.heard.push(...message.map(String));
  }
  subscription(): void {}
  granted(): void {}
  drained(): void {}
  delivered(): void {}
  leaving(): void {}
  ended(lost: boolean): void {
    this.heard.push(lost ? "lost" : "ended");
  }
}

/** Reaches for a name, and remembers what came of it. */
class Reaching implements Caller {
  readonly ear: Ear = new Ear();
  passage: Passage | null = null;
  readonly told: string[] = [];

  met(passage: Passage, facts: Message): PassageEvents {
    this.passage = passage;
    this.told.push(`met ${String(facts[0])}`);
    return this.ear;
  }
  refused(facts: Message): void {
    this.told.push(`refused by ${String(facts[0])}`);
  }
  missed(): void {
    this.told.push("missed");
  }
}

const FACTS = [Buffer.from("caller")];
const nothing = (): void => {};

/** Takes every call, and hears what comes through. */
function serve(member: Member): Ear {
  const ear = new Ear();
  member.neighbours.serve((_name: string, call: Call) => call.accept([Buffer.from("server")], () => ear));
  return ear;
}

test("a name is found in another thread, bound before or after", async () => {
  const all = new Process();
  const main = all.start();
  const [one, other] = [all.start(main), all.start(main)];
  const ear = serve(one);
  one.neighbours.claim("early", nothing);
  const [early, late] = [new Reaching(), new Reaching()];
  other.neighbours.reach("early", FACTS, early);
  other.neighbours.reach("late", FACTS, late);
  await all.until("the first to be met", () => early.told.length > 0);
  assert.deepEqual([early.told, late.told], [["met server"], []]);
  one.neighbours.claim("late", nothing);
  await all.until("the second to be met", () => late.told.length > 0);
  assert.deepEqual(late.told, ["met server"]);
  early.passage?.write([Buffer.from("hello")]);
  await all.until("the message", () => ear.heard.length > 0);
  assert.deepEqual(ear.heard, ["hello"]);
});

test("a call may be refused, or come too late for a name that was freed: then the search goes on", async () => {
  const all = new Process();
  const main = all.start();
  const [one, other] = [all.start(main), all.start(main)];
  one.neighbours.claim("refusing", nothing);
  one.neighbours.claim("freed", nothing);
  one.neighbours.serve((name, call) => (name === "refusing" ? call.refuse([Buffer.from("server")]) : call.unknown()));
  const [refused, missed] = [new Reaching(), new Reaching()];
  other.neighbours.reach("refusing", FACTS, refused);
  const search = other.neighbours.reach("freed", FACTS, missed);
  assert.equal(search.calling, true);
  one.neighbours.release("freed");
  await all.until("both answers", () => refused.told.length + missed.told.length === 2);
  assert.deepEqual([refused.told, missed.told], [["refused by server"], ["missed"]]);
  assert.equal(search.calling, false);
  serve(main);
  main.neighbours.claim("freed", nothing);
  await all.until("the next to be met", () => missed.told.length > 1);
  assert.deepEqual(missed.told, ["missed", "met server"]);
});

test("a search that was given up meets nobody, not even him who was called already", async () => {
  const all = new Process();
  const main = all.start();
  const other = all.start(main);
  const ear = serve(main);
  main.neighbours.claim("name", nothing);
  const reaching = new Reaching();
  const search = other.neighbours.reach("name", FACTS, reaching);
  search.cancel();
  search.cancel();
  await all.until("him to hear of it", () => ear.heard.length > 0);
  assert.deepEqual([reaching.told, ear.heard], [[], ["ended"]]);
});

test("threads that nobody told of each other find each other, and the name stays with whoever was first", async () => {
  const all = new Process();
  all.start();
  const [one, other] = [all.start(), all.start()];
  one.neighbours.claim("name", () => assert.fail("it was first"));
  let lost = 0;
  other.neighbours.claim("name", () => lost++);
  await Promise.all([one.neighbours.settled(), other.neighbours.settled()]);
  assert.equal(lost, 1);
  assert.throws(() => other.neighbours.claim("name", nothing), zmqError("EADDRINUSE", "name"));
  one.neighbours.release("name");
  other.neighbours.claim("name", nothing);
});

test("what a thread searched before it heard of others is found there", async () => {
  const all = new Process();
  all.start();
  const [one, other] = [all.start(), all.start()];
  serve(one);
  one.neighbours.claim("name", nothing);
  const reaching = new Reaching();
  other.neighbours.reach("name", FACTS, reaching);
  assert.deepEqual(reaching.told, []);
  await all.until("it to be met", () => reaching.told.length > 0);
  assert.deepEqual(reaching.told, ["met server"]);
});

test("options of all threads that hear of each other are the same; what the older ones have set stays", async () => {
  const all = new Process();
  const main = all.start();
  const [one, other] = [all.start(), all.start()];
  one.neighbours.shared.set(1, 3);
  other.neighbours.shared.set(1, 4);
  other.neighbours.shared.set(70, 0);
  main.neighbours.shared.set(2, 9);
  await all.until("the last to hear", () => main.neighbours.shared.get(1) === 3);
  for (const member of [main, one, other]) {
    assert.deepEqual(
      [1, 2, 70].map((number) => member.neighbours.shared.get(number)),
      [3, 9, 0],
    );
  }
});

test("a thread that was ended: its names are free, its passages end, and who searches goes on", async () => {
  const all = new Process();
  const main = all.start();
  const [one, other] = [all.start(main), all.start(main)];
  serve(one);
  one.neighbours.claim("name", nothing);
  const [met, calling] = [new Reaching(), new Reaching()];
  other.neighbours.reach("name", FACTS, met);
  await all.until("it to be met", () => met.told.length > 0);
  const search = other.neighbours.reach("name", FACTS, calling);
  assert.equal(search.calling, true);
  one.kill();
  other.turns.run();
  assert.deepEqual([met.ear.heard, calling.told], [["lost"], ["missed"]]);
  serve(main);
  main.neighbours.claim("name", nothing);
  await all.until("the next to be met", () => calling.told.length > 1);
  assert.deepEqual(calling.told, ["missed", "met server"]);
});

test("a name of a thread that ended unseen is free once somebody asks for it", async () => {
  const all = new Process();
  const main = all.start();
  const one = all.start(main);
  one.neighbours.claim("name", nothing);
  assert.equal(main.neighbours.isElsewhere("name"), true);
  assert.equal(await main.neighbours.freed("name"), false);
  one.alive = false;
  assert.throws(() => main.neighbours.claim("name", nothing), zmqError("EADDRINUSE", "another thread"));
  assert.equal(await main.neighbours.freed("name"), true);
  main.neighbours.claim("name", nothing);
  assert.equal(main.neighbours.isElsewhere("name"), false);
  assert.equal(await main.neighbours.freed("name"), false);
  assert.equal(main.turns.holds, 0);
});

test("a thread that leaves frees its names, and what it had written arrives", async () => {
  const all = new Process();
  const main = all.start();
  const one = all.start(main);
  const ear = serve(main);
  main.neighbours.claim("name", nothing);
  one.neighbours.claim("own", nothing);
  const reaching = new Reaching();
  one.neighbours.reach("name", FACTS, reaching);
  await all.until("it to be met", () => reaching.told.length > 0);
  reaching.passage?.write([Buffer.from("last")]);
  one.neighbours.leave();
  main.neighbours.claim("own", nothing);
  await all.until("the end", () => ear.heard.length > 1);
  assert.deepEqual(ear.heard, ["last", "lost"]);
});

test("sockets of all threads are counted", () => {
  const all = new Process();
  const main = all.start();
  const one = all.start(main);
  assert.equal(main.neighbours.countSockets(2), 2);
  assert.equal(one.neighbours.countSockets(3), 5);
  assert.equal(one.neighbours.countSockets(-1), 4);
  one.neighbours.leave();
  assert.equal(main.neighbours.countSockets(0), 2);
});
