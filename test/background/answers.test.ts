import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppCommand } from "../../src/background/commands.ts";
import { Answers } from "../../src/background/answers.ts";
import { ZmqError } from "../../src/base/errors.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { zmqError } from "../support/zmq-error.ts";

test("the answer to the newest question is taken, be it an error, with what was said meanwhile", () => {
  const here = new Answers();
  const there = new Answers(here.memory);
  there.give(here.next(), { endpoint: "tcp://127.0.0.1:5555", said: [] });
  const clock = new ManualClock();
  assert.deepEqual(
    here.take(clock, () => false),
    { endpoint: "tcp://127.0.0.1:5555", said: [] },
  );
  const gone = { do: "gone", part: 1 } as const;
  there.give(here.next(), { error: new ZmqError("EADDRINUSE"), said: [gone] });
  const answer = here.take(clock, () => false);
  assert.ok("error" in answer && answer.error instanceof ZmqError);
  assert.deepEqual(answer.said, [gone]);
});

test("an answer that is too long, or has bytes in it, is not given", () => {
  const here = new Answers();
  const there = new Answers(here.memory);
  const question = here.next();
  const judge = {
    do: "event",
    socket: 1,
    type: "handshake",
    fields: { routingId: Buffer.of(1) },
  } as unknown as AppCommand;
  assert.equal(there.give(question, { endpoint: "ipc://x", said: [judge] }), false);
  assert.equal(there.give(question, { endpoint: "x".repeat(20_000), said: [] }), false);
  assert.equal(there.give(question, { endpoint: "ipc://x", said: [] }), true);
  assert.deepEqual(
    here.take(new ManualClock(), () => false),
    { endpoint: "ipc://x", said: [] },
  );
});

test("while nobody has answered, what has no room yet is pushed on; a thread that is silent for 30 s is EMTHREAD", () => {
  const here = new Answers();
  const there = new Answers(here.memory);
  const question = here.next();
  const clock = new ManualClock();
  let pushes = 0;
  const push = (): boolean => {
    if (++pushes === 3) there.give(question, { endpoint: "ipc://x", said: [] });
    return true;
  };
  assert.deepEqual(here.take(clock, push), { endpoint: "ipc://x", said: [] });
  here.next();
  assert.throws(() => here.take(clock, () => (clock.advance(10_000), true)), zmqError("EMTHREAD", "does not answer"));
});
