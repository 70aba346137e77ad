import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Batch } from "../../src/base/batch.ts";
import { EMPTY, concat, hex, utf8 } from "../../src/base/bytes.ts";
import { MECHANISMS } from "../../src/security/index.ts";
import type { AuthenticationRequest, Verdict } from "../../src/wire/connection.ts";
import { ZmtpConnection, type ZmtpSettings } from "../../src/wire/zmtp/connection.ts";
import { encodeGreeting } from "../../src/wire/zmtp/greeting.ts";
import type { MechanismFactory } from "../../src/wire/zmtp/mechanism.ts";
import { Recorder, feed, feedCut, feedTargets, octets, refused } from "../wire/recorder.ts";
import { LIMITS } from "../wire/zmtp/peers.ts";
import { boxLoaded, clientSettings, serverSettings } from "./curve-keys.ts";

before(boxLoaded);

const LET_IN: Verdict = { status: 200, text: "OK", userId: "joe", properties: new Map() };

/** One side of a connection; it lets everybody in, at once. */
class Side extends Recorder {
  readonly made: ZmtpConnection;

  constructor(mechanism: MechanismFactory, changes: Partial<ZmtpSettings> = {}) {
    super();
    this.made = new ZmtpConnection({
      socketType: "DEALER",
      routingId: EMPTY,
      peers: ["DEALER"],
      mechanism,
      metadata: new Map(),
      limits: LIMITS,
      subscriptions: false,
      ...changes,
    });
    this.made.start(this.output);
  }

  override authenticate(request: AuthenticationRequest): void {
    super.authenticate(request);
    this.made.authenticated(LET_IN, this);
  }

  /** What it has to send. */
  sent(): Uint8Array {
    return concat(this.output.take().parts);
  }
}

interface Pairing {
  readonly name: string;
  readonly client: MechanismFactory;
  readonly server: MechanismFactory;
}

const PAIRINGS: readonly Pairing[] = [
  {
    name: "PLAIN",
    client: (metadata) => MECHANISMS.PLAIN.client(metadata, { username: "admin", password: "secret" }),
    server: (metadata) => MECHANISMS.PLAIN.server(metadata),
  },
  {
    name: "CURVE",
    client: (metadata) => MECHANISMS.CURVE.client(metadata, clientSettings()),
    server: (metadata) => MECHANISMS.CURVE.server(metadata, serverSettings()),
  },
];

/** Lets two sides talk until both are silent; what `one` heard. */
function talk(one: Side, other: Side): Uint8Array {
  const heard: Uint8Array[] = [];
  for (let bytes = [other.sent(), one.sent()]; concat(bytes).length > 0; bytes = [other.sent(), one.sent()]) {
    const [toOne = EMPTY, toOther = EMPTY] = bytes;
    heard.push(toOne);
    feed(one.made, toOne, one);
    feed(other.made, toOther, other);
  }
  return concat(heard);
}

/** All that `from` says to `to`: handshake, messages of all sizes, a PING. */
function conversation(to: MechanismFactory, from: MechanismFactory): Uint8Array {
  const [hearing, speaking] = [new Side(to), new Side(from)];
  const handshake = talk(hearing, speaking);
  const batch = new Batch();
  for (const size of [0, 1, 222, 223, 300, 20_000]) {
    speaking.made.encode([utf8("part"), new Uint8Array(size).fill(size)], batch);
    speaking.made.encodePing(1000, batch);
  }
  return concat([handshake, ...batch.take().parts]);
}

/** Everything about a side that a peer's bytes can change. */
function observed(factory: MechanismFactory, run: (side: Side) => void): unknown {
  const side = new Side(factory);
  run(side);
  assert.equal(side.made.held, 0);
  const { facts, applicants, messages, pings } = side;
  const frames = messages.map((message) => message.map((frame) => Buffer.from(frame).toString("latin1")));
  return { facts, applicants, frames, pings, sent: hex(side.sent()) };
}

for (const { name, client, server } of PAIRINGS) {
  describe(`ZMTP over ${name}`, () => {
    cutTests("client", client, () => conversation(client, server));
    cutTests("server", server, () => conversation(server, client));
    boundTests(client, server);
  });
}

function cutTests(role: string, factory: MechanismFactory, bytes: () => Uint8Array): void {
  test(`a ${role} reads the same wherever the peer's bytes are cut`, () => {
    const said = bytes();
    const whole = observed(factory, (side) => feed(side.made, said, side));
    for (let cut = 0; cut < said.length; cut += cut < 1500 ? 1 : 397) {
      assert.deepEqual(
        observed(factory, (side) => feedCut(side.made, said, [cut], side)),
        whole,
        `cut at ${cut}`,
      );
    }
    for (const size of [1, 999, 4096]) {
      assert.deepEqual(
        observed(factory, (side) => void feedTargets(side.made, said, size, side)),
        whole,
      );
    }
  });
}

function boundTests(client: MechanismFactory, server: MechanismFactory): void {
  test("metadata of any size is taken up to the limit of a handshake, and refused above", () => {
    for (const size of [0, 1, 255, 256, 257, 4096, 7000]) {
      const side = new Side(server);
      talk(side, new Side(client, { metadata: new Map([["X-Big", "x".repeat(size)]]) }));
      assert.equal(side.facts[0]?.properties.get("X-Big")?.length, size);
      assert.equal(side.facts[0]?.properties.get("User-Id"), "joe");
    }
    const metadata = new Map([["X-Big", "x".repeat(LIMITS.maxHandshakeSize)]]);
    refused("ERR_ZMTP_TOO_BIG", () => talk(new Side(server), new Side(client, { metadata })));
    refused("ERR_ZMTP_TOO_BIG", () => talk(new Side(client), new Side(server, { metadata })));
  });

  test("a message may have the largest size that is allowed, and no octet more", () => {
    const limits = { ...LIMITS, maxMessageSize: 100 };
    const [to, from] = [new Side(server, { limits }), new Side(client)];
    talk(to, from);
    from.made.encode([new Uint8Array(100)], from.output);
    feed(to.made, from.sent(), to);
    assert.equal(to.messages[0]?.[0]?.length, 100);
    from.made.encode([new Uint8Array(101)], from.output);
    refused("ERR_ZMTP_TOO_BIG", () => feed(to.made, from.sent(), to));
  });

  test("two clients refuse each other, and say why", () => {
    const text = refused("ERR_ZMTP_UNEXPECTED_COMMAND", () => talk(new Side(client), new Side(client)));
    assert.match(text, /both sides are .* clients/);
  });

  test("two servers wait for each other", () => {
    const [one, other] = [new Side(server), new Side(server)];
    talk(one, other);
    assert.deepEqual([one.facts, other.facts], [[], []]);
  });

  test("greetings of any other mechanism, or of a version that has none, are refused: nothing is weakened", () => {
    for (const [side, option] of [
      [client, "client"],
      [server, "server"],
    ] as const) {
      const { name } = side(EMPTY);
      for (const other of ["NULL", "PLAIN", "CURVE", "GSSAPI", "", `${name}X`, name.slice(1), name.toLowerCase()]) {
        if (other === name) continue;
        for (const asServer of [0, 1]) {
          const greeting = Uint8Array.from(encodeGreeting(other));
          greeting[32] = asServer;
          const text = refused("ERR_ZMTP_MECHANISM_MISMATCH", () => greeted(side, greeting));
          assert.match(text, new RegExp(`the peer offers .*, this side demands ${name} \\(\\w+\\)$`), option);
        }
      }
      for (const old of ["01 00", "ff 0000000000000001 7f 00", "ff 0000000000000001 7f 01 05 00 00"]) {
        refused("ERR_ZMTP_VERSION", () => greeted(side, octets(old)));
      }
    }
  });
}

function greeted(mechanism: MechanismFactory, greeting: Uint8Array): void {
  const side = new Side(mechanism);
  feed(side.made, greeting, side);
}
