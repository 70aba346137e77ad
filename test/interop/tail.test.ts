import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBooks, countUp, join, type OurSocket, sendNumbers, using } from "./ours.ts";
import { withEachPeer } from "./peer.ts";

/** libzmq loses the end of as many over ipc when the sender closes and the receiver is slow. */
const COUNT = 100_000;
const EVERY = 1000;
const PAUSE = 2;

test(
  "a closed PUSH of ours delivers all it was given over ipc to a slow PULL of ours",
  using(async (side) => {
    const [push, pull] = [side.open("PUSH", { linger: -1 }), side.open("PULL")];
    await pull.bind(side.address("ipc"));
    push.connect(pull.lastEndpoint ?? "");
    const received = receiveSlowly(pull);
    await sendNumbers(push, COUNT);
    push.close();
    assert.deepEqual(await received, countUp(COUNT));
    await push.ended();
    checkBooks(push);
    assert.equal(push.stats().messagesDelivered, COUNT);
  }),
);

withEachPeer("a closed socket of ours and a slow receiver", (peer) => {
  for (const binder of ["we", "they"] as const) {
    test(
      `all that our PUSH was given arrives over ipc, where ${binder} bind`,
      using(async (side) => {
        const ours = side.open("PUSH", { linger: -1 });
        const theirs = await peer.open("PULL");
        await join(ours, theirs, side.address("ipc"), binder);
        const received = theirs.receiveNumbers(COUNT, PAUSE);
        await sendNumbers(ours, COUNT);
        ours.close();
        assert.deepEqual(await received, countUp(COUNT));
        await ours.ended();
        assert.equal(ours.stats().messagesDelivered, COUNT);
        await theirs.close();
      }),
    );
  }
});

async function receiveSlowly(pull: OurSocket): Promise<number[]> {
  const numbers: number[] = [];
  for await (const message of pull) {
    numbers.push(Number(message[0]));
    if (numbers.length === COUNT) break;
    if (numbers.length % EVERY === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return numbers;
}
