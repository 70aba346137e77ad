import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";
import { Batch } from "../../src/base/batch.ts";
import { concat, hex, utf8 } from "../../src/base/bytes.ts";
import { curveClient } from "../../src/security/curve-client.ts";
import { curveServer } from "../../src/security/curve-server.ts";
import { encodeCommand } from "../../src/wire/zmtp/command.ts";
import type { Command, Mechanism, Step } from "../../src/wire/zmtp/mechanism.ts";
import { encodeMetadata } from "../../src/wire/zmtp/metadata.ts";
import { octets, refused } from "../wire/recorder.ts";
import { CLIENT, SERVER, boxLoaded, clientSettings, counting, scripted, seeded, serverSettings } from "./curve-keys.ts";

before(boxLoaded);

/** Computed with libsodium, by code that was run against libzmq 4.3.4: a REQ without an identity, and a REP. */
const TRANSCRIPT = {
  hello:
    `0548454c4c4f 0100 ${"00".repeat(72)} 07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c` +
    "0000000000000001 6e3f26f72fe2f05db20de7881ee6a08fc432afe73b138226f5930879c93bdd4d8586425a3a8d6bc5d83598a3017e0f17" +
    "92ff0381360d168b6fe1c5e0bb752b0d365e13ea8e8a29ce1c5052c8c63eced7",
  welcome:
    "0757454c434f4d45 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf 48d42c9ec67cc2f4ef2e6753edf0e0fe4d7aab13f9fab374e52fdb35267e55" +
    "6dbae9dc929e81121e700070a00704f657807a24350e915ba16e09a035668bb80db5b0b8aef30d37827935d421313bace8b6873bf5e5dafe" +
    "aa9136435b5f116023f36805a71dc7fa606ad911dd2c3315138a2a57061e1b4edddbef0e94c8da7a8e88c30abc68fc72707e6beafcecb1c677",
  cookie:
    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf 38227468ac5b55d2e0c04b6a266e23fc1e1c85aba70cfe32349a42fe696cb41d35fb18590331826f" +
    "0b57f3d116a8cb79addf94b9730b9e4ce27f7daffe727d542abdb43bbd7162c98b5612eb0437f3fe",
  initiate:
    "9904b1937cf6d7ce08c2ff4504dc582bf4b83c445dabfe76b764205b74eeced08560918c380fe1f6615aa96926bbfd8bddf0a74d63d94ae8" +
    "f676476c0355f33f6258bfb9453c4d687dfda30d56645b70a73eaa6e7290c73b601890954177d54897aeff9f8701b48c4d5e48c07beaee38" +
    "b9c809374f8352db3a22a2f1e62d3447aa1a9d1434b1f74e0db52b848e02d06e7523cdb6612d1dcd2e3c1025f1b8642064652bc49a05f34a" +
    "eab0ba08d160b85e",
  ready: "0552454144590000000000000001 5b64d9975eee8da33cf092383f0025d1e5b976c483ec0654f901c19a18bef5bf8a0f86",
  request: "074d455353414745 0000000000000003 2392739af151941d8293c3ab21586b77220731a3f5fd",
  reply: "074d455353414745 0000000000000002 bf22b2efed212f148027e100e02804762076eb04f186",
};

const digits = (text: string): string => hex(octets(text));

/** The only command of a step, as its body goes over the wire. */
function sent(step: Step): Command {
  assert.ok(step.kind !== "authenticate");
  assert.equal(step.send.length, 1);
  return step.send[0] as Command; // just counted
}

const wire = ({ name, data }: Command): string => hex(encodeCommand(name, data));

function sealed(mechanism: Mechanism, flags: number, body: Uint8Array): Uint8Array {
  const batch = new Batch();
  mechanism.seal?.(flags, body, batch);
  return concat(batch.take().parts);
}

const property = (name: string, value: string): [string, Uint8Array] => [name, utf8(value)];
const REQ = encodeMetadata([property("Socket-Type", "REQ"), property("Identity", "")]);
const REP = encodeMetadata([property("Socket-Type", "REP")]);

/** Both sides of the transcript, with the handshake done, and what they sent. */
function shaken(): { client: Mechanism; server: Mechanism; commands: string[]; steps: Step[] } {
  const random = scripted(counting(0x01, 32), counting(0xc0, 16));
  const client = curveClient(REQ, clientSettings({ random }));
  const serverRandom = scripted(
    counting(0x21, 32),
    new Uint8Array(32).fill(0x5a),
    counting(0xb0, 16),
    counting(0xa0, 16),
  );
  const server = curveServer(REP, serverSettings({ random: serverRandom }));
  server.begin();
  const hello = sent(client.begin());
  const welcome = sent(server.handle(hello));
  const initiate = sent(client.handle(welcome));
  const asked = server.handle(initiate);
  const accepted = server.authenticated?.() as Step; // CURVE has it
  const ready = sent(accepted);
  const steps = [asked, accepted, client.handle(ready)];
  return { client, server, commands: [hello, welcome, initiate, ready].map(wire), steps };
}

test("RFC 26: each octet of a handshake is as libsodium and libzmq have it", () => {
  const { commands } = shaken();
  assert.equal(commands[0], digits(TRANSCRIPT.hello));
  assert.equal(commands[1], digits(TRANSCRIPT.welcome));
  const initiate = `08494e495449415445 ${TRANSCRIPT.cookie} 0000000000000002 ${TRANSCRIPT.initiate}`;
  assert.equal(commands[2], digits(initiate));
  assert.equal(commands[3], digits(TRANSCRIPT.ready));
});

test("RFC 27/CURVE: the client's public key is what is judged, and each side learns what the other says", () => {
  const [asked, accepted, done] = shaken().steps;
  assert.deepEqual(asked, { kind: "authenticate", credentials: [Buffer.from(CLIENT.publicKey)] });
  assert.equal(accepted?.kind === "ready" && hex(accepted.metadata), hex(REQ));
  assert.equal(done?.kind === "ready" && hex(done.metadata), hex(REP));
});

test("RFC 26: each octet of a MESSAGE is as libsodium and libzmq have it, in a frame without the COMMAND flag", () => {
  const { client, server } = shaken();
  const request = sealed(client, 0, utf8("Hello"));
  assert.equal(hex(request), `0026${digits(TRANSCRIPT.request)}`);
  const reply = sealed(server, 0, utf8("World"));
  assert.equal(hex(reply), `0026${digits(TRANSCRIPT.reply)}`);
  assert.deepEqual(server.open?.(0, request.subarray(2)), { flags: 0, body: Buffer.from("Hello") });
  assert.deepEqual(client.open?.(0, reply.subarray(2)), { flags: 0, body: Buffer.from("World") });
});

/** A side of each, with a HELLO said, and the WELCOME to it. */
function met(
  server = serverSettings(),
  client = clientSettings(),
): { client: Mechanism; server: Mechanism; welcome: Command } {
  const [one, other] = [curveClient(REQ, client), curveServer(REP, server)];
  other.begin();
  return { client: one, server: other, welcome: sent(other.handle(sent(one.begin()))) };
}

const STRANGER = { publicKey: counting(1, 32), secretKey: counting(1, 32) };

test("a client with another server's key is refused at its HELLO, and the error says what to look at", () => {
  const text = refused("ERR_ZMTP_CRYPTOGRAPHIC", () =>
    met(serverSettings(), clientSettings({ serverKey: CLIENT.publicKey })),
  );
  assert.match(text, /HELLO: the client's curveServerKey is not this server's key/);
});

test("a client refuses whoever answers without the secret key of curveServerKey", () => {
  const { welcome } = met();
  const client = curveClient(REQ, clientSettings({ random: seeded(9) }));
  client.begin();
  const text = refused("ERR_ZMTP_CRYPTOGRAPHIC", () => client.handle(welcome));
  assert.match(text, /WELCOME: the peer does not have the secret key to curveServerKey/);
});

test("a client is refused that shows a public key which is not that of its secret one", () => {
  const keys = { publicKey: CLIENT.publicKey, secretKey: STRANGER.secretKey };
  const { client, server, welcome } = met(serverSettings(), clientSettings({ keys }));
  const initiate = sent(client.handle(welcome));
  const text = refused("ERR_ZMTP_CRYPTOGRAPHIC", () => server.handle(initiate));
  assert.match(text, /vouch: the client shows a key that is not its own/);
});

test("a client is refused that vouches to another server: nobody passes on what was said to him", () => {
  // A server in the middle has S' and s' of its own, so only the vouch can tell: both keys are in it.
  const { client, server, welcome } = met(serverSettings({ keys: { ...SERVER, publicKey: STRANGER.publicKey } }));
  const initiate = sent(client.handle(welcome));
  refused("ERR_ZMTP_KEY_EXCHANGE", () => server.handle(initiate));
});

test("an INITIATE is good for the connection that its cookie was given to, and no other", () => {
  const { client, welcome } = met();
  const initiate = sent(client.handle(welcome));
  const { server } = met(serverSettings({ random: seeded(5) }));
  const text = refused("ERR_ZMTP_CRYPTOGRAPHIC", () => server.handle(initiate));
  assert.match(text, /cookie: it is not this connection's/);
});

test("keys that give every secret away are refused, whoever they come from", () => {
  const client = curveClient(REQ, clientSettings({ serverKey: new Uint8Array(32) }));
  assert.match(
    refused("ERR_ZMTP_KEY_EXCHANGE", () => client.begin()),
    /curveServerKey is no key/,
  );
  const server = curveServer(REP, serverSettings());
  server.begin();
  const hello = concat([Uint8Array.of(1, 0), new Uint8Array(192)]);
  refused("ERR_ZMTP_KEY_EXCHANGE", () => server.handle({ name: "HELLO", data: hello }));
});

test("RFC 26: a HELLO of another version, or with padding that is not zero, is malformed", () => {
  const hello = sent(curveClient(REQ, clientSettings()).begin()).data;
  for (const [at, octet] of [
    [0, 2],
    [1, 1],
    [2, 1],
    [73, 0xff],
  ] as const) {
    const server = curveServer(REP, serverSettings());
    server.begin();
    const data = Uint8Array.from(hello).with(at, octet);
    refused("ERR_ZMTP_MALFORMED_COMMAND_HELLO", () => server.handle({ name: "HELLO", data }));
  }
});

test("a client's counter goes on from HELLO to INITIATE, and does not go back", () => {
  const { client, server, welcome } = met();
  const initiate = sent(client.handle(welcome));
  initiate.data.set(new Uint8Array(8), 96);
  refused("ERR_ZMTP_INVALID_SEQUENCE", () => server.handle(initiate));
});

test("what a server is asked to judge is a copy", () => {
  const [asked] = shaken().steps;
  assert.ok(asked?.kind === "authenticate");
  assert.notEqual(asked.credentials[0]?.buffer, CLIENT.publicKey.buffer);
});

test("neither side shows keys to who prints it, before the handshake or after", () => {
  const { client, server } = shaken();
  const { client: young, server: begun } = met();
  for (const side of [client, server, young, begun]) {
    const text = inspect(side, { depth: 9, showHidden: true });
    assert.doesNotMatch(text, /Uint8Array|Buffer|ArrayBuffer/);
  }
});
