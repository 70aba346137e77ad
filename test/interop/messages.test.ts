import assert from "node:assert/strict";
import { test } from "node:test";
import type { TypeName } from "../../src/options/socket-types.ts";
import { buffers, countUp, join, receiveNumbers, sendNumbers, using } from "./ours.ts";
import { type AnyOptions, type Frames, type Talker, withEachPeer } from "./peer.ts";

const COUNT = 2000;

/** 5 MiB that differ everywhere. */
const BIG: Buffer = Buffer.from(Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));

withEachPeer("messages, large and many", (peer) => {
  for (const transport of ["tcp", "ipc"] as const) {
    for (const binder of ["we", "they"] as const) {
      const where = `over ${transport}, where ${binder} bind`;

      test(
        `a body of 5 MiB arrives whole, ${where}`,
        using(async (side) => {
          const ours = side.open("PAIR");
          const theirs = await peer.open("PAIR");
          await join(ours, theirs, side.address(transport), binder);
          await ours.send(["big", BIG, ""]);
          const there = await theirs.receive();
          assert.deepEqual(
            there.map((frame) => frame.length),
            [3, BIG.length, 0],
          );
          assert.ok(BIG.equals(there[1] ?? Buffer.alloc(0)));
          await theirs.send(["", BIG, "end"]);
          const here = await ours.receive();
          assert.deepEqual(
            here.map((frame) => frame.length),
            [0, BIG.length, 3],
          );
          assert.ok(BIG.equals(here[1] ?? Buffer.alloc(0)));
          await theirs.close();
        }),
      );

      for (const [ourType, theirType] of [
        ["PAIR", "PAIR"],
        ["DEALER", "DEALER"],
        ["DEALER", "ROUTER"],
        ["ROUTER", "DEALER"],
      ] as const) {
        test(
          `${COUNT} messages each way at once, none lost or out of turn: our ${ourType} and their ${theirType} ${where}`,
          using(async (side) => {
            const ours = side.open(ourType, ourType === "ROUTER" ? { mandatory: true } : {});
            const theirs = await peer.open(theirType, theirType === "ROUTER" ? { mandatory: true } : {});
            await join(ours, theirs, side.address(transport), binder);
            await ours.ready();
            const [ourFirst, theirFirst] = await greet(ours, theirs, ourType, theirType);
            const sent = sendNumbers(ours, COUNT, ourFirst);
            const received = receiveNumbers(ours, COUNT);
            await theirs.sendNumbers(COUNT, theirFirst);
            assert.deepEqual(await theirs.receiveNumbers(COUNT), countUp(COUNT));
            assert.deepEqual(await received, countUp(COUNT));
            await sent;
            await theirs.close();
          }),
        );
      }

      for (const [from, to] of [
        ["PUSH", "PULL"],
        ["PUB", "SUB"],
      ] as const) {
        // A PUB drops where a PUSH waits.
        const out: AnyOptions = from === "PUB" ? { sendHighWaterMark: 0 } : {};
        const into: AnyOptions = from === "PUB" ? { receiveHighWaterMark: 0 } : {};

        test(
          `${COUNT} messages from our ${from} to their ${to}, none lost or out of turn, ${where}`,
          using(async (side) => {
            const ours = side.open(from, out);
            const theirs = await peer.open(to, into);
            await join(ours, theirs, side.address(transport), binder);
            if (to === "SUB") await theirs.subscribe("");
            const received = theirs.receiveNumbers(COUNT);
            await ours.ready(to === "SUB" ? { subscribers: 1 } : {});
            await sendNumbers(ours, COUNT);
            assert.deepEqual(await received, countUp(COUNT));
            await theirs.close();
          }),
        );

        test(
          `${COUNT} messages from their ${from} to our ${to}, none lost or out of turn, ${where}`,
          using(async (side) => {
            const ours = side.open(to, into);
            const theirs = await peer.open(from === "PUB" ? "XPUB" : from, out);
            await join(ours, theirs, side.address(transport), binder);
            if (to === "SUB") {
              ours.subscribe("");
              assert.deepEqual(await theirs.receive(), buffers(["\x01"]));
            }
            const received = receiveNumbers(ours, COUNT);
            await theirs.sendNumbers(COUNT);
            assert.deepEqual(await received, countUp(COUNT));
            await theirs.close();
          }),
        );
      }
    }
  }
});

/** What to put before a message to the other side: a ROUTER has to learn who is there. */
async function greet(ours: Talker, theirs: Talker, ourType: TypeName, theirType: TypeName): Promise<[Frames, Frames]> {
  if (ourType === "ROUTER") {
    await theirs.send(["hello"]);
    return [(await ours.receive()).slice(0, 1), []];
  }
  if (theirType !== "ROUTER") return [[], []];
  await ours.send(["hello"]);
  return [[], (await theirs.receive()).slice(0, 1)];
}
