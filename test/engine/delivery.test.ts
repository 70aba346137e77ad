import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver, takeRequests } from "../../src/engine/delivery.ts";
import type { Role } from "../../src/engine/host.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { FakeHost, role, settings } from "../support/engine-host.ts";

/** Both ends of a pipe whose near end is read by a socket, with room for one message. */
function pair(): Pipe {
  const near = Pipe.pair({ outLimit: 0, inLimit: 1, conflate: false, far: "session" });
  near.owner = new FakeHost();
  return near;
}

function frames(...texts: string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

test("a message is put into the pipe; what has no room there is unread, or, of a publisher, beyond its mark", () => {
  for (const [type, reason] of [["DEALER", "unread"] as const, ["PUB", "hwm"] as const]) {
    const near = pair();
    const host = new FakeHost(role(type));
    assert.equal(deliver(frames("a"), near.far, host), true);
    assert.equal(deliver(frames("b"), near.far, host), true);
    assert.equal(near.far.drops[reason], 1);
    assert.equal(String(near.read()), "a");
    assert.equal(near.read(), undefined);
  }
});

test("a message that the socket's type drops is counted, one that it does not know breaks the rules", () => {
  const near = pair();
  const inbound: Role["inbound"] = ({ length }) => (length === 1 ? "drop" : length === 2);
  const host = new FakeHost({ ...role("REP"), inbound });
  assert.equal(deliver(frames("a"), near.far, host), false);
  assert.equal(near.far.drops.refused, 1);
  assert.equal(deliver(frames("a", "b"), near.far, host), true);
  assert.throws(() => deliver(frames("a", "b", "c"), near.far, host), { code: "ERR_ZMTP_UNSPECIFIED" });
});

test("requests among the frames of a message are told, and refused when they are longer than one by itself may be", () => {
  const near = pair();
  const host = new FakeHost(role("PUB"));
  const told: string[] = [];
  near.owner = Object.assign(new FakeHost(), {
    subscription: (_: Pipe, topic: Uint8Array, added: boolean) => told.push(`${added ? "+" : "-"}${String(topic)}`),
  });
  const limits = settings({ maxCommandSize: 3 }, "PUB");
  const left = takeRequests(frames("\x01A", "x", "\x00AB"), near.far, host, limits);
  assert.deepEqual(left.map(String), ["x"]);
  assert.deepEqual(told, ["+A", "-AB"]);
  assert.throws(() => takeRequests(frames("\x01ABC", "x"), near.far, host, limits), { code: "ERR_ZMTP_TOO_BIG" });
});
