import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { SOCKETS } from "../../src/sockets/index.ts";
import type { SocketType } from "../../src/sockets/type.ts";
import { create, type Side } from "../conformance/dialog.ts";
import { until } from "../conformance/recorders.ts";
import { bound, fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { Thread, type ThreadProgram } from "../support/thread.ts";
import { Watch } from "../support/watch.ts";
import { converse } from "./conversation.ts";

/** Those that other sockets can connect to by a name: all but raw ones and datagrams. */
const TYPES = SOCKETS.filter((type) => type.wire === "zmtp" && type.peers.length > 0);

function byName(name: string): SocketType {
  const type = SOCKETS.find((each) => each.name === name);
  assert.ok(type, `there is no socket type ${name}`);
  return type;
}

/** The other half of a conversation. */
const partner: ThreadProgram = async ({ data, load, say, told }) => {
  const { own, peer, address, binds } = data as { own: string; peer: string; address: string; binds: boolean };
  const { create } = (await load("../conformance/dialog.js")) as typeof import("../conformance/dialog.ts");
  const { converse, named } = (await load("../threads/conversation.js")) as typeof import("./conversation.ts");
  const { unaccounted } = (await load("../../src/observe/metrics.js")) as typeof import("../../src/observe/metrics.ts");
  const type = named(own);
  const socket = create(type);
  if (binds) await socket.bind(address);
  else socket.connect(address);
  await socket.ready({ timeout: 5000 });
  await converse({ type, socket }, { type: named(peer) }, binds);
  say(unaccounted(socket.stats()));
  await told();
  socket.close();
  await socket.ended();
  say(unaccounted(socket.stats()));
};

async function exchange(t: TestContext, type: SocketType, peer: SocketType, binds: boolean): Promise<void> {
  const socket = sockets(t)(create(type));
  const side: Side = { type, socket };
  const address = fresh("inproc");
  if (binds) await socket.bind(address);
  else socket.connect(address);
  const thread = new Thread(t, partner, { own: peer.name, peer: type.name, address, binds: !binds });
  await socket.ready({ timeout: 20_000 });
  await converse(side, { type: peer }, binds);
  await thread.says(0);
  assert.equal(socket.peers()[0]?.socketType, peer.name);
  assert.equal(socket.stats().peers, 1);
  thread.tell("end");
  await thread.says(0);
  await until("the peer to be gone", () => socket.stats().peers === 0);
}

for (const type of TYPES) {
  describe(`${type.name} in one thread`, () => {
    for (const name of type.peers) {
      test(`exchanges whole messages with a ${name} in another, and both books balance`, (t) =>
        exchange(t, type, byName(name), true));
    }
  });
}

for (const [binder, connector] of [
  ["PULL", "PUSH"],
  ["PUB", "SUB"],
  ["ROUTER", "REQ"],
  ["PAIR", "PAIR"],
] as const) {
  test(`a ${connector} of the main thread that connected first exchanges messages with a ${binder} of a worker`, (t) =>
    exchange(t, byName(connector), byName(binder), false));
}

test("types that can't talk are refused, with an event in both threads", async (t) => {
  const pull = sockets(t)(create(byName("PULL")));
  const watch = new Watch(pull);
  const address = bound(pull, "inproc");
  const wrong: ThreadProgram = async ({ data, zmq, say, until: turn }) => {
    const { Publisher } = await zmq();
    const publisher = new Publisher();
    let reason: string | undefined;
    publisher.events.on("handshake:error:protocol", (event) => (reason = event.reason));
    publisher.connect(data);
    await turn(() => reason !== undefined);
    say([reason, publisher.stats().handshakePeerType]);
  };
  const thread = new Thread(t, wrong, address);
  const event = await watch.first("handshake:error:protocol");
  assert.equal((event.error as { code?: unknown }).code, "ERR_ZMTP_SOCKET_TYPE_MISMATCH");
  await thread.says([event.reason, 1]);
  assert.equal(pull.stats().handshakePeerType, 1);
  assert.equal(pull.stats().peers, 0);
});
