import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, utf8 } from "../../src/base/bytes.ts";
import type { Router } from "../../src/index.ts";
import { encodeFrame } from "../../src/wire/index.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE, NULL_DOMAIN, PLAIN, secure, type Security } from "../support/securities.ts";
import { octets } from "../wire/recorder.ts";
import { hostileHost } from "./hostile-host.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { alone, make, withVictim } from "./victim.ts";

interface Greeting {
  readonly name: string;
  /** Null in versions that have none. */
  readonly mechanism: string | null;
  readonly bytes: Uint8Array;
}

const SIGNATURE = "ff 0000000000000001 7f";

/** Padded with zeros, unless it has more than its name. */
const MECHANISMS = [
  "NULL",
  "PLAIN",
  "CURVE",
  "GSSAPI",
  "NOISE",
  "",
  "curve",
  "plain",
  "null",
  "CURVE\0X",
  "NULL\0CURVE",
];

const MODERN: readonly Greeting[] = ["02 00", "03 00", "03 01", "03 02", "04 00"].flatMap((version) =>
  MECHANISMS.flatMap((mechanism) =>
    ["00", "01"].map((asServer) => ({
      name: `version ${version}, ${JSON.stringify(mechanism)}, as-server ${asServer}`,
      mechanism,
      bytes: octets(
        `${SIGNATURE} ${version} ${Buffer.from(mechanism.padEnd(20, "\0")).toString("hex")} ${asServer} ${"00".repeat(31)}`,
      ),
    })),
  ),
);

/** With what their peers say next: an identity, which is empty. */
const OLD: readonly Greeting[] = [
  ["2.0", `${SIGNATURE} 01 05 00 00`],
  ["1.0 with a signature", `${SIGNATURE} 00 01 00`],
  ["1.0", "01 00"],
  ["1.0 with a long identity frame", "ff 0000000000000001 00"],
].map(([name = "", digits = ""]) => ({ name, mechanism: null, bytes: octets(digits) }));

const GREETINGS = [...MODERN, ...OLD];

/** What a peer says that takes itself for let in, in each version. */
const CONTINUED: readonly Uint8Array[] = [
  concat([ready("DEALER"), encodeFrame(0, utf8("let me in"))]),
  concat([command("HELLO", octets("00 00")), command("INITIATE", octets("")), encodeFrame(0, utf8("let me in"))]),
  octets("0a 00 6c6574206d6520696e"),
];

describe("CVE-2014-7202, CVE-2014-9721: a server takes no mechanism but its own, and no version without one", () => {
  for (const security of [CURVE, PLAIN, NULL_DOMAIN]) {
    test(`${security.name}${security === NULL_DOMAIN ? " with a domain" : ""}`, () =>
      withVictim(
        "ROUTER",
        { backlog: 1024 },
        async (victim) => {
          let asked = 0;
          victim.socket.authenticate(() => ++asked > 0);
          const before = victim.socket.stats();
          const wrong = GREETINGS.filter(({ mechanism }) => mechanism !== security.name);
          await Promise.all(wrong.map((greeting) => turnedAway(victim.endpoint, greeting, security)));
          await alone(victim);
          const after = victim.socket.stats();
          assert.equal(after.messagesReceived, before.messagesReceived);
          assert.equal(after.handshakeProtocol - before.handshakeProtocol, wrong.length * CONTINUED.length);
          assert.equal(asked, 0, "nobody got so far as to be judged");
        },
        security,
      ));
  }

  for (const security of [CURVE, PLAIN]) {
    test(`${security.name}, with a greeting that is right and the commands of another mechanism behind it`, () =>
      withVictim(
        "ROUTER",
        {},
        async (victim) => {
          for (const greeting of GREETINGS.filter(({ mechanism }) => mechanism === security.name)) {
            await turnedAway(victim.endpoint, greeting, security, [
              ready("DEALER"),
              command("INITIATE"),
              command("MESSAGE"),
            ]);
          }
          await alone(victim);
        },
        security,
      ));
  }
});

async function turnedAway(
  endpoint: string,
  { name, bytes }: Greeting,
  security: Security,
  continued = CONTINUED,
): Promise<void> {
  for (const more of continued) {
    const peer = await HostilePeer.saying(endpoint, bytes, more);
    await peer.ended(`${name} at ${security.name}`);
    assert.ok(!peer.received.includes("READY") && !peer.received.includes("WELCOME"), name);
    peer.close();
  }
}

/** A client's greeting, and nothing else. */
const GREETING_SIZE = 64;

describe("a client takes no server that has not its mechanism, and tells it nothing", () => {
  for (const security of [CURVE, PLAIN]) {
    test(security.name, async () => {
      const socket = make("ROUTER", { reconnectInterval: -1 }) as Router;
      secure(socket, security, "client");
      const own = Buffer.from(security.name.padEnd(20, "\0"));
      const wrong = GREETINGS.filter(({ mechanism }) => mechanism !== security.name);
      try {
        for (const { name, bytes } of wrong) {
          let heard = Buffer.alloc(0);
          let gone = false;
          const host = await hostileHost((stream) => {
            stream
              .on("data", (said: Buffer) => (heard = Buffer.concat([heard, said])))
              .on("close", () => (gone = true));
            stream.write(concat([bytes, command("WELCOME"), ready("DEALER")]));
          });
          socket.connect(host.endpoint);
          await until(`the end of a connection to ${name}`, () => gone);
          assert.equal(heard.length, heard.length === 0 ? 0 : GREETING_SIZE, `${name}: ${heard.toString("latin1")}`);
          if (heard.length > 0) assert.deepEqual(heard.subarray(12, 32), own, "its mechanism's name, no secret");
          socket.disconnect(host.endpoint);
          host.close();
        }
        assert.equal(socket.stats().handshakeProtocol, wrong.length);
        assert.equal(socket.stats().handshakeAuth, 0);
      } finally {
        socket.close();
      }
      await socket.ended();
    });
  }
});
