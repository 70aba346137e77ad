import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Radio } from "../../src/draft.ts";
import { Reply, Request } from "../../src/index.ts";
import { bound } from "../support/places.ts";
import { CLIENT_KEYS, CURVE, SERVER_KEYS } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";

const serverKey = { curveServerKey: SERVER_KEYS.publicKey };

function warnings(t: TestContext): string[] {
  const heard: string[] = [];
  t.mock.method(process, "emitWarning", (text: string) => void heard.push(text));
  return heard;
}

test("keys that do not belong together are EINVAL at bind and connect", (t) => {
  const options = { ...serverKey, curvePublicKey: SERVER_KEYS.publicKey, curveSecretKey: CLIENT_KEYS.secretKey };
  const request = sockets(t)(new Request({ linger: 0, ...options }));
  assert.throws(() => request.connect("tcp://127.0.0.1:1"), {
    code: "EINVAL",
    message: /curvePublicKey does not belong/,
  });
  assert.throws(() => request.bindSync("tcp://127.0.0.1:*"), { code: "EINVAL" });
  const alone = sockets(t)(new Request({ linger: 0, ...serverKey, curvePublicKey: CLIENT_KEYS.publicKey }));
  assert.throws(() => alone.connect("tcp://127.0.0.1:1"), { code: "EINVAL" });
});

test("a client without keys comes as a stranger, encrypted all the same", async (t) => {
  const use = sockets(t);
  const server = use(new Reply({ linger: 0, receiveTimeout: 5000, ...CURVE.server }));
  const keys: (string | undefined)[] = [];
  server.authenticate(({ publicKey }) => keys.push(publicKey) > 0);
  const client = use(new Request({ linger: 0, ...serverKey }));
  client.connect(bound(server, "tcp"));
  await client.send("hello");
  await server.receive();
  assert.match(keys[0] ?? "", /^.{40}$/);
  assert.equal(server.peers()[0]?.mechanism, "CURVE");
});

test("a server without its secret key warns, and lets nobody in", async (t) => {
  const heard = warnings(t);
  const use = sockets(t);
  const server = use(new Reply({ linger: 0, curveServer: true }));
  const atServer = new Watch(server);
  const client = use(new Request({ linger: 0, ...CURVE.client }));
  client.connect(bound(server, "tcp"));
  const { error, reason } = await atServer.first("handshake:error:protocol");
  assert.equal(error.code, "ERR_ZMTP_CRYPTOGRAPHIC");
  assert.match(reason ?? "", /curveServerKey/);
  assert.match(heard[0] ?? "", /curveServer without curveSecretKey/);
});

test("keys without a side to be on warn: two such sockets are both clients", async (t) => {
  const heard = warnings(t);
  const use = sockets(t);
  const options = { linger: 0, curveSecretKey: CLIENT_KEYS.secretKey };
  const one = use(new Reply(options));
  const atOne = new Watch(one);
  const other = use(new Request({ ...options, ...serverKey }));
  other.connect(bound(one, "tcp"));
  await atOne.first("handshake:error:protocol");
  assert.match(heard[0] ?? "", /CURVE keys without curveServer or curveServerKey/);
});

test("datagrams can't be protected, so a socket that asks for it does not send them", (t) => {
  const radio = sockets(t)(new Radio({ linger: 0, ...CURVE.client }));
  assert.throws(() => radio.connect("udp://127.0.0.1:5555"), { code: "ENOTSUP", message: /CURVE can't protect it/ });
});
