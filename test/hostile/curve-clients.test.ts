import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { decodeZ85 } from "../../src/base/z85.ts";
import { curveKeys } from "../../src/index.ts";
import { counter, nonce } from "../../src/security/curve-commands.ts";
import { curveBox } from "../../src/security/index.ts";
import { encodeMetadata } from "../../src/wire/index.ts";
import type { Command, Mechanism } from "../../src/wire/zmtp/mechanism.ts";
import { until } from "../conformance/recorders.ts";
import { CLIENT_KEYS, CURVE, SERVER_KEYS } from "../support/securities.ts";
import { Watch } from "../support/watch.ts";
import { octets } from "../wire/recorder.ts";
import { HostilePeer } from "./hostile-peer.ts";
import { SHAKING, ShakingPeer, curveClientWith, curveLoaded } from "./shaking-peer.ts";
import { alone, withVictim, type Victim } from "./victim.ts";

before(curveLoaded);

const SERVER_KEY = decodeZ85(SERVER_KEYS.publicKey);
const KEY = decodeZ85(CLIENT_KEYS.publicKey);
const SECRET = decodeZ85(CLIENT_KEYS.secretKey);
const PUSH = encodeMetadata([["Socket-Type", utf8("PUSH")]]);

/** What an INITIATE is made of, by whoever knows all keys and sticks to no rule. */
interface Forged {
  readonly metadata?: Uint8Array;
  /** Who says whose connection with which server it is. */
  readonly vouchedFor?: Uint8Array;
  readonly vouchedServer?: Uint8Array;
  /** Instead of the whole inside of the box. */
  readonly inside?: Uint8Array;
  /** The transient key of the HELLO. */
  readonly transient?: Uint8Array;
  readonly version?: readonly [major: number, minor: number];
  readonly nonces?: readonly [hello: number, initiate: number];
}

/** RFC 26, client, written down once more, so that each part of it can be another. */
function forgedClient(forged: Forged): Mechanism {
  const box = curveBox();
  const secret = randomBytes(32);
  const own = box.publicKey(secret);
  const [first, second] = (forged.nonces ?? [1, 2]).map(counter) as [Uint8Array, Uint8Array]; // there are two
  return { name: "CURVE", chosenBy: "", begin: () => ({ kind: "continue", send: [hello()] }), handle };

  function hello(): Command {
    const shared = box.sharedKey(SERVER_KEY, secret) as Uint8Array; // it is a key
    const proof = box.seal(new Uint8Array(64), nonce("HELLO", first), shared);
    const data = concat([
      Uint8Array.from(forged.version ?? [1, 0]),
      new Uint8Array(72),
      forged.transient ?? own,
      first,
      proof,
    ]);
    return { name: "HELLO", data };
  }

  function handle({ name, data }: Command): ReturnType<Mechanism["handle"]> {
    if (name === "READY") return { kind: "ready", send: [], metadata: data };
    const shared = box.sharedKey(SERVER_KEY, secret) as Uint8Array; // likewise
    const opened = box.open(data.subarray(16), nonce("WELCOME", data.subarray(0, 16)), shared);
    assert.ok(opened);
    const serverTransient = opened.slice(0, 32);
    const transient = box.sharedKey(serverTransient, secret) as Uint8Array; // likewise
    const sealed = box.seal(forged.inside ?? inside(serverTransient), nonce("INITIATE", second), transient);
    return { kind: "continue", send: [{ name: "INITIATE", data: concat([opened.slice(32), second, sealed]) }] };
  }

  function inside(serverTransient: Uint8Array): Uint8Array {
    const random = randomBytes(16);
    const said = concat([forged.vouchedFor ?? own, forged.vouchedServer ?? SERVER_KEY]);
    const shared = box.sharedKey(serverTransient, SECRET) as Uint8Array; // likewise
    return concat([KEY, random, box.seal(said, nonce("VOUCH", random), shared), forged.metadata ?? PUSH]);
  }
}

async function settled(victim: Victim, mechanism: Mechanism): Promise<boolean> {
  const peer = new ShakingPeer(await HostilePeer.connect(victim.endpoint), mechanism);
  const entered = await peer.settled();
  peer.peer.close();
  return entered;
}

/** A server that lets in the owner of one key; `asked` counts those who got so far as to be judged. */
function atServer(attack: (victim: Victim, asked: () => number) => Promise<void>): Promise<void> {
  return withVictim(
    "PULL",
    {},
    async (victim) => {
      const allowed = curveKeys([KEY]);
      let asked = 0;
      victim.socket.authenticate((request) => (asked++, allowed(request)));
      await attack(victim, () => asked);
      await alone(victim);
    },
    CURVE,
  );
}

describe("a CURVE client that lies is found out before anybody is asked about it", () => {
  const lies: Readonly<Record<string, () => Mechanism>> = {
    "shows a key that is allowed, without the secret to it": () =>
      curveClientWith(PUSH, { keys: { publicKey: KEY, secretKey: randomBytes(32) } }),
    "vouches for another connection": () => forgedClient({ vouchedFor: randomBytes(32) }),
    "vouches for another server, which libzmq does not look at": () => forgedClient({ vouchedServer: randomBytes(32) }),
    "vouches for no server": () => forgedClient({ vouchedServer: new Uint8Array(32) }),
    "shows no key at all": () => forgedClient({ inside: concat([new Uint8Array(32), randomBytes(96), PUSH]) }),
    "knows another server's key": () => curveClientWith(PUSH, { serverKey: curveBox().publicKey(randomBytes(32)) }),
    "uses a nonce twice": () => forgedClient({ nonces: [7, 7] }),
    "uses a smaller nonce second": () => forgedClient({ nonces: [7, 6] }),
    "speaks CurveZMQ 1.1": () => forgedClient({ version: [1, 1] }),
    "speaks CurveZMQ 2.0": () => forgedClient({ version: [2, 0] }),
  };
  for (const [name, mechanism] of Object.entries(lies)) {
    test(`one that ${name}`, () =>
      atServer(async (victim, asked) => {
        assert.equal(await settled(victim, mechanism()), false);
        assert.equal(asked(), 0);
      }));
  }

  // With these every secret key gives the same shared one, which is known to all (RFC 7748, section 6.1).
  const WEAK = {
    "0": "00".repeat(32),
    "1": `01${"00".repeat(31)}`,
    "order 8": "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "order 8 again": "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "p - 1": `ec${"ff".repeat(30)}7f`,
    p: `ed${"ff".repeat(30)}7f`,
    "p + 1": `ee${"ff".repeat(30)}7f`,
  };
  for (const [name, digits] of Object.entries(WEAK)) {
    test(`one that shows the weak key ${name}`, () =>
      atServer(async (victim, asked) => {
        const watch = new Watch(victim.socket);
        assert.equal(await settled(victim, forgedClient({ transient: octets(digits) })), false);
        const { error } = await watch.first("handshake:error:protocol");
        assert.equal((error as { code?: unknown }).code, "ERR_ZMTP_KEY_EXCHANGE");
        assert.equal(asked(), 0);
      }));
  }
});

test("the client that the liars are made from is let in, when it does not lie", () =>
  atServer(async (victim, asked) => {
    assert.ok(await settled(victim, forgedClient({})));
    assert.ok(await settled(victim, forgedClient({ nonces: [5, 2 ** 40] })));
    assert.ok(await settled(victim, curveClientWith(PUSH, {})));
    assert.equal(asked(), 3);
  }));

test("a client that nobody knows is judged, and not let in", () =>
  atServer(async (victim, asked) => {
    const secretKey = randomBytes(32);
    const keys = { publicKey: curveBox().publicKey(secretKey), secretKey };
    assert.equal(await settled(victim, curveClientWith(PUSH, { keys })), false);
    assert.equal(asked(), 1);
  }));

describe("CVE-2019-13132: whatever is inside an INITIATE, and however long, it costs its connection at most", () => {
  test("an inside that is cut off at any octet, under a seal that is right", () =>
    atServer(async (victim) => {
      for (let size = 0; size <= 128; size++) {
        assert.equal(await settled(victim, forgedClient({ inside: randomBytes(size) })), false, `${size} octets`);
      }
    }));

  test("metadata of any size: that over maxHandshakeSize is refused, and so is what is none", () =>
    atServer(async (victim) => {
      let refused = 0;
      for (const size of [0, 1, 4, 5, 255, 256, 257, 1000, 8191, 8192, 60_000, 65_000, 65_536, 200_000]) {
        const long = concat([PUSH, encodeMetadata([["X-Long", new Uint8Array(size)]])]);
        const nonsense = new Uint8Array(size).fill(0xff);
        for (const metadata of [long, nonsense]) {
          if (metadata === nonsense ? size > 0 : size > 65_000) refused++;
          await settled(victim, forgedClient({ metadata }));
          await until(`an end of ${size} octets`, () => victim.socket.stats().handshakeProtocol === refused);
        }
      }
    }));
});

test("a HELLO of another client, replayed, gives a WELCOME that only that client can read", () =>
  atServer(async (victim, asked) => {
    const honest = await ShakingPeer.connect(victim.endpoint, SHAKING.CURVE.client, "PUSH");
    assert.ok(await honest.settled());
    const [greeting, hello, initiate] = honest.parts;
    assert.ok(greeting !== undefined && hello !== undefined && initiate !== undefined);
    const replayer = await HostilePeer.saying(victim.endpoint, greeting, hello, initiate);
    await replayer.ended("the INITIATE of another connection");
    assert.ok(!replayer.received.includes("READY"));
    assert.equal(asked(), 1);
    for (const peer of [replayer, honest.peer]) peer.close();
  }));
