import assert from "node:assert/strict";
import { test } from "node:test";
import { messagesOf, type FrameRun } from "../../../src/base/frame-run.ts";
import type { Message } from "../../../src/base/message.ts";
import type { Passage, PassageEvents } from "../../../src/transports/threads.ts";
import { Link } from "../../../src/transports/threads/link.ts";
import { WAITING } from "../../../src/transports/threads/bell.ts";
import { KIND, RING_BYTES } from "../../../src/transports/threads/ring.ts";
import type { Strand } from "../../../src/transports/threads/strand.ts";
import { ManualTurns } from "./turns.ts";

/** One side of a passage, and all that it was told. */
class Heard implements PassageEvents {
  readonly messages: string[][] = [];
  readonly told: unknown[] = [];

  message(message: Message): void {
    this.messages.push(message.map(String));
  }
  subscription(topic: Uint8Array, added: boolean): void {
    this.told.push([String(topic), added]);
  }
  granted(count: number): void {
    this.told.push(count);
  }
  drained(): void {
    this.told.push("drained");
  }
  delivered(count: number): void {
    this.told.push(`delivered ${count}`);
  }
  leaving(): void {
    this.told.push("leaving");
  }
  ended(lost: boolean): void {
    this.told.push(lost ? "lost" : "ended");
  }
}

/** Two sides of a link in one thread, whose turns come when they are run. */
class Two {
  readonly turns: ManualTurns = new ManualTurns();
  readonly calls: Strand[] = [];
  readonly questions: Message[] = [];
  readonly closed: Link[] = [];
  readonly links: [Link, Link];

  constructor() {
    const memory = Link.memory();
    const events = {
      called: (strand: Strand, question: Message): void => {
        this.calls.push(strand);
        this.questions.push(question);
      },
      closed: (link: Link): void => void this.closed.push(link),
    };
    this.links = [new Link(memory, 0, this.turns, events), new Link(memory, 1, this.turns, events)];
  }

  /** All that each side has for the other arrives. */
  run(): void {
    for (let round = 0; round < 20; round++) {
      for (const link of this.links) link.poll();
      this.turns.run();
    }
  }

  /** A passage that was accepted, with what both sides hear. */
  connect(): { near: Passage; far: Strand; atNear: Heard; atFar: Heard } {
    const [atNear, atFar] = [new Heard(), new Heard()];
    const near = this.links[0].call([Buffer.from("question")], atNear);
    this.run();
    const far = this.calls.at(-1) as Strand; // just called
    far.send(KIND.accept, [Buffer.from("answer")]);
    far.events = atFar;
    this.run();
    return { near, far, atNear, atFar };
  }
}

test("a call is heard with its question, and its answer by who called", () => {
  const two = new Two();
  const answers: unknown[] = [];
  const strand = two.links[0].call([Buffer.from("a"), Buffer.from("b")], new Heard());
  strand.answered = (kind, facts) => answers.push(kind, facts.map(String));
  two.run();
  assert.deepEqual(two.questions[0]?.map(String), ["a", "b"]);
  two.calls[0]?.send(KIND.refuse, [Buffer.from("no")]);
  two.run();
  assert.deepEqual(answers, [KIND.refuse, ["no"]]);
});

test("messages, subscriptions and grants arrive in order, and what was read is told as delivered", () => {
  const two = new Two();
  const { near, far, atNear, atFar } = two.connect();
  near.write([Buffer.from("one")]);
  near.write([Buffer.from("a"), Buffer.from(""), Buffer.from("c")]);
  near.subscription(Buffer.from("topic"), true);
  near.grant(7);
  far.write([Buffer.from("back")]);
  two.run();
  assert.deepEqual(atFar.messages, [["one"], ["a", "", "c"]]);
  assert.deepEqual(atFar.told, [["topic", true], 7, "delivered 1"]);
  assert.deepEqual(atNear.messages, [["back"]]);
  assert.deepEqual(atNear.told, ["delivered 2"]);
});

test("small messages in a row arrive in order with all that is said among them, as runs where somebody takes these", () => {
  const two = new Two();
  const { near, atFar } = two.connect();
  const sizes: number[] = [];
  const write = (count: number): void => {
    for (let index = 0; index < count; index++) near.write([Buffer.from(`${atFar.messages.length + index}`)]);
  };
  write(3);
  two.run();
  Object.assign(atFar, {
    run: (run: FrameRun): void => {
      sizes.push(run.count);
      for (const message of messagesOf(run)) atFar.message(message);
    },
  });
  write(5);
  near.grant(1);
  near.write([Buffer.from("8")]);
  near.write([Buffer.from("9"), Buffer.from("two frames")]);
  two.run();
  const numbers = Array.from({ length: 9 }, (_, index) => [`${index}`]);
  assert.deepEqual(atFar.messages, [...numbers, ["9", "two frames"]]);
  assert.deepEqual(sizes, [5, 1]);
});

test("what nobody wants to hear of as delivered leaves the other side in peace", () => {
  const two = new Two();
  const { near, atNear, far, atFar } = two.connect();
  Object.assign(atNear, { delivered: undefined });
  near.write([Buffer.from("one")]);
  far.write([Buffer.from("two")]);
  two.run();
  assert.deepEqual([atNear.told, atFar.told], [[], ["delivered 1"]]);
});

test("a message larger than the ring arrives whole, and others in the meantime", () => {
  const two = new Two();
  const [large, small] = [two.connect(), two.connect()];
  const body = "x".repeat(1_000_000);
  large.near.write([Buffer.from("head"), Buffer.from(body), Buffer.from("tail")]);
  assert.equal(large.near.idle, false);
  assert.equal(large.near.writable, false);
  small.near.write([Buffer.from("small")]);
  large.near.subscription(Buffer.from("after it"), false);
  two.run();
  assert.deepEqual(large.atFar.messages, [["head", body, "tail"]]);
  assert.deepEqual(large.atFar.told, [["after it", false]]);
  assert.deepEqual(small.atFar.messages, [["small"]]);
  assert.equal(large.near.idle, true);
  assert.deepEqual(large.atNear.told, ["drained", "delivered 1"]);
});

test("a full ring refuses, and tells everybody whom it refused when there is room", () => {
  const two = new Two();
  const [one, other] = [two.connect(), two.connect()];
  const body = Buffer.alloc(4000);
  let count = 0;
  for (; one.near.writable; count++) one.near.write([body]);
  assert.equal(other.near.writable, false);
  two.run();
  assert.equal(one.atFar.messages.length, count);
  assert.ok(one.atNear.told.includes("drained"));
  assert.ok(other.atNear.told.includes("drained"));
  assert.equal(other.near.writable, true);
});

test("either side may end a passage; both have heard of it, and nothing arrives any more", () => {
  const two = new Two();
  const { near, far, atNear, atFar } = two.connect();
  near.write([Buffer.from("last")]);
  near.end();
  near.end();
  two.run();
  assert.deepEqual(atFar.messages, [["last"]]);
  assert.deepEqual(atFar.told, ["ended"]);
  far.end();
  two.run();
  assert.deepEqual(atNear.told, ["delivered 1", "ended"]);
});

test("a side that is lost: what it had published arrives, and all passages end", () => {
  const two = new Two();
  const { near, atNear, far, atFar } = two.connect();
  near.write([Buffer.from("published")]);
  two.links[0].flush();
  near.write([Buffer.from("not published")]);
  far.write([Buffer.from("never read")]);
  two.links[1].lose();
  two.links[1].lose();
  assert.deepEqual(atFar.messages, [["published"]]);
  assert.deepEqual(atFar.told, ["lost"]);
  assert.deepEqual(two.closed, [two.links[1]]);
  assert.deepEqual(atNear.told, []);
});

test("a side that leaves says so: the other reads what is left, and is done with it", () => {
  const two = new Two();
  const { near, atNear, atFar } = two.connect();
  near.write([Buffer.from("last")]);
  two.links[0].leave(() => true);
  assert.deepEqual(atNear.told, ["leaving"]);
  two.links[1].poll();
  assert.deepEqual(atFar.messages, [["last"]]);
  assert.deepEqual(atFar.told, ["lost"]);
  assert.equal(two.links[1].closed, true);
});

test("a side that leaves waits for room until it is too late", () => {
  const two = new Two();
  const { near } = two.connect();
  near.write([Buffer.alloc(1_000_000)]);
  let naps = 0;
  two.links[0].leave(() => naps++ === 5);
  assert.equal(naps, 6);
});

test("a small frame may change as soon as it was written, room or not; a large one must not", () => {
  const two = new Two();
  const { near, atFar } = two.connect();
  const small = Buffer.from("before");
  near.write([Buffer.alloc(1_000_000), small]);
  small.fill("x");
  two.run();
  assert.equal(atFar.messages[0]?.[1], "before");
});

test("room that was made just before a side says that it waits for it is not overlooked", (t) => {
  const two = new Two();
  const { near } = two.connect();
  const real = Atomics.compareExchange.bind(Atomics);
  let made = false;
  // The other side reads all there is, and has told so, before this one's first word about its state.
  t.mock.method(Atomics, "compareExchange", (words: Int32Array, at: number, expected: number, value: number) => {
    if (!made && value === WAITING) {
      made = true;
      two.links[1].poll();
      two.turns.run();
    }
    return real(words, at, expected, value);
  });
  near.write([Buffer.alloc(RING_BYTES, "x")]);
  assert.deepEqual([made, near.idle], [true, false]);
  two.turns.run();
  assert.equal(near.idle, true);
});
