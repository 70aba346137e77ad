import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { decodeZ85, Reply, Request, unaccounted, type Socket } from "../../src/index.ts";
import { bound } from "../support/places.ts";
import { GREETING, RawPeer } from "../support/raw-peer.ts";
import { CLIENT_KEYS, CURVE, PLAIN, secure, SERVER_KEYS } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";

const BYTES = [
  Buffer.from("open sesame"),
  ...[CLIENT_KEYS, SERVER_KEYS].map(({ secretKey }) => Buffer.from(decodeZ85(secretKey))),
];

/** The secrets in every form that something might print. */
const SECRETS = [
  "open sesame",
  CLIENT_KEYS.secretKey,
  SERVER_KEYS.secretKey,
  ...BYTES.flatMap((bytes) => [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("latin1")]),
  ...BYTES.flatMap((bytes) => [inspect(bytes).slice(1, -1), [...bytes].join(", "), [...bytes].join(",")]),
];

/** Everything that a program may print of a socket and of what it tells. */
function shown(socket: Socket, watch: Watch): string {
  const all = [socket, socket.stats(), socket.peers(), watch.events, socket.context, socket.events];
  return all
    .flatMap((each) => [
      inspect(each, { depth: Infinity }),
      inspect(each, { depth: Infinity, showHidden: true, getters: true }),
      inspect(each, { depth: Infinity, showHidden: true, customInspect: false, maxArrayLength: Infinity }),
      JSON.stringify(each),
    ])
    .join("\n");
}

function checkHidden(text: string): void {
  assert.deepEqual(
    SECRETS.filter((secret) => text.includes(secret)),
    [],
  );
}

for (const security of [PLAIN, CURVE]) {
  for (const admitted of [true, false]) {
    test(`no secret of ${security.name} is shown by ${admitted ? "peers that talk" : "a handshake that fails"}`, async (t) => {
      const use = sockets(t);
      const server = use(new Reply({ linger: 0 }));
      const client = use(new Request({ linger: 0 }));
      secure(server, security, "server");
      secure(client, security, "client");
      server.authenticate(() => admitted);
      const watches = [new Watch(server), new Watch(client)] as const;
      client.connect(bound(server, "tcp"));
      for (const watch of watches) await watch.first(admitted ? "handshake" : "handshake:error:auth");
      const text = shown(server, watches[0]) + shown(client, watches[1]);
      checkHidden(text);
      assert.equal(unaccounted(server.stats()), 0);
    });
  }
}

test("no secret is shown by a handshake that is malformed, whoever sent it", async (t) => {
  const use = sockets(t);
  const server = use(new Reply({ linger: 0 }));
  secure(server, PLAIN, "server");
  const watch = new Watch(server);
  const endpoint = bound(server, "tcp");
  const said = [
    "\x05HELLO\x05alice\x0copen sesame",
    "\x05HELLO\x05alice\x0bopen sesame!",
    "\x05HELLO\x40alice\x0bopen sesame",
  ];
  for (const [at, text] of [...said, "\x05READY\x05alice\x0bopen sesame"].entries()) {
    const peer = await RawPeer.dial(t, endpoint);
    const greeting = Buffer.from(GREETING);
    greeting.write("PLAIN", 12);
    peer.send(greeting, Buffer.from([4, text.length]), Buffer.from(text, "latin1"));
    await watch.nth("handshake:error:protocol", at + 1);
  }
  checkHidden(shown(server, watch));
});

test("no secret is shown by an option that refuses it", (t) => {
  const socket = sockets(t)(new Request({ linger: 0 }));
  for (const { secretKey } of [CLIENT_KEYS, SERVER_KEYS]) {
    for (const wrong of [`${secretKey}x`, secretKey.slice(1), [secretKey], Buffer.from(`${secretKey}x`)]) {
      for (const name of ["curveSecretKey", "curvePublicKey", "curveServerKey"]) {
        assert.throws(
          () => Object.assign(socket, { [name]: wrong }),
          (error) => error instanceof Error && !inspect(error, { showHidden: true }).includes(secretKey.slice(1)),
        );
      }
    }
  }
  assert.throws(
    () => Object.assign(socket, { plainPassword: "open sesame".repeat(40) }),
    (error) => error instanceof Error && !inspect(error, { showHidden: true }).includes("open sesame"),
  );
});

test("a socket prints as what it is", (t) => {
  const socket = sockets(t)(new Reply({ linger: 0, plainServer: true }));
  socket.bindSync("tcp://127.0.0.1:*");
  const { lastEndpoint } = socket;
  assert.equal(
    inspect(socket, { breakLength: Infinity }),
    `Reply { lastEndpoint: '${lastEndpoint}', securityMechanism: 'plain', closed: false }`,
  );
});
