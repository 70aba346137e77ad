import assert from "node:assert/strict";
import { before, describe, test, type TestContext } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import { Context, Dealer, Reply, Request, encodeZ85 } from "../../src/index.ts";
import type { ProtocolErrorCode } from "../../src/base/errors.ts";
import { SHAKING, ShakingPeer, curveLoaded, type Fault } from "../hostile/shaking-peer.ts";
import { HostilePeer } from "../hostile/hostile-peer.ts";
import { bound } from "../support/places.ts";
import { CLIENT_KEYS, CURVE, NULL_DOMAIN, PLAIN, SERVER_KEYS, type Security } from "../support/securities.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { octets } from "../wire/recorder.ts";

/** libzmq's programs test_security_null, test_security_plain and test_security_curve, with their handler for ZAP. */

before(curveLoaded);

const DOMAIN = { zapDomain: "TEST" };
const NO_DOMAIN: Security = { name: "NULL", server: {}, client: {} };

/** A server, and the handler that knows one domain, one user and one key; `asked` has the mechanisms that it judged. */
class Place {
  readonly use: Use;
  readonly server: Dealer;
  readonly watch: Watch;
  readonly asked: string[] = [];
  readonly endpoint: string;

  constructor(t: TestContext, options: object) {
    const context = new Context();
    this.use = sockets(t);
    const handler = this.use(new Reply({ context }));
    handler.bindSync("inproc://zeromq.zap.01");
    handler.onMessage(([version = "", id = "", domain, , , mechanism, ...credentials]) => {
      this.asked.push(String(mechanism));
      const right = String(domain) === "TEST" && known(String(mechanism), credentials);
      const verdict = right ? ["200", "OK", "anonymous", ""] : ["400", "Invalid", "", ""];
      handler.trySend([version, id, ...verdict]);
    });
    this.server = this.use(new Dealer({ context, linger: 0, ...options }));
    this.watch = new Watch(this.server);
    this.endpoint = bound(this.server, "tcp");
  }

  client(options: object): { client: Dealer; watch: Watch } {
    const client = this.use(new Dealer({ linger: 0, reconnectInterval: 20, ...options }));
    const watch = new Watch(client);
    client.connect(this.endpoint);
    return { client, watch };
  }

  /** A message each way: libzmq's expect_bounce(). */
  async bounces(options: object): Promise<void> {
    const { client } = this.client(options);
    await client.send(["12345678ABCDEFGH12345678abcdefgh", "again"]);
    const message = await next(this.server);
    await this.server.send(message);
    assert.deepEqual(await next(client), message);
  }

  /** It ended for this reason, and nothing came of it. */
  async refused(code: ProtocolErrorCode): Promise<void> {
    const { error } = await this.watch.first("handshake:error:protocol");
    assert.equal((error as { code?: unknown }).code, code);
    this.untouched();
  }

  untouched(): void {
    const { messagesReceived, peers } = this.server.stats();
    assert.deepEqual([messagesReceived, peers, this.watch.of("handshake").length], [0, 0, 0]);
  }
}

function known(mechanism: string, credentials: readonly Buffer[]): boolean {
  if (mechanism === "NULL") return credentials.length === 0;
  if (mechanism === "PLAIN") return credentials.join() === "alice,open sesame";
  return encodeZ85(credentials[0] ?? Buffer.alloc(0)) === CLIENT_KEYS.publicKey;
}

/** A peer of ZMTP 1.0, which greets with two octets and sends a message at once. */
async function sneaks(place: Place): Promise<void> {
  const peer = await HostilePeer.saying(place.endpoint, octets("01 00"), octets("08 00 736e65616b7900"));
  await peer.ended("a message without a handshake");
  await place.refused("ERR_ZMTP_VERSION");
  assert.deepEqual(place.asked, []);
  peer.close();
}

describe("NULL", () => {
  test("test_security_null/test_no_domain: without a domain nobody is asked", async (t) => {
    const place = new Place(t, NO_DOMAIN.server);
    await place.bounces({});
    assert.deepEqual(place.asked, []);
  });

  test("test_security_null/test_wrong_domain_fails: the handler does not know the domain", async (t) => {
    const place = new Place(t, { zapDomain: "WRONG" });
    const { watch } = place.client({});
    assert.equal((await place.watch.first("handshake:error:auth")).error.status, 400);
    assert.equal((await watch.first("handshake:error:auth")).error.status, 400);
    place.untouched();
  });

  test("test_security_null/test_success: the handler knows it", async (t) => {
    const place = new Place(t, DOMAIN);
    await place.bounces({});
    assert.deepEqual(place.asked, ["NULL"]);
  });

  test("test_security_null/test_vanilla_socket: a peer without a handshake is not let in", async (t) => {
    await sneaks(new Place(t, DOMAIN));
  });
});

describe("PLAIN", () => {
  const server = { ...PLAIN.server, ...DOMAIN };

  test("test_security_plain/test_plain_success: with the right password", async (t) => {
    await new Place(t, server).bounces(PLAIN.client);
  });

  test("test_security_plain/test_plain_client_as_server_fails: one that is a server too is not served", async (t) => {
    const place = new Place(t, { ...server, handshakeInterval: 100 });
    place.client({ ...PLAIN.client, ...PLAIN.server, handshakeInterval: 100 });
    assert.equal((await place.watch.first("handshake:error:other")).error.code, "EAGAIN");
    place.untouched();
  });

  for (const wrong of [{ plainUsername: "bogus" }, { plainPassword: "bogus" }]) {
    test(`test_security_plain/test_plain_wrong_credentials_fails: with another ${Object.keys(wrong)[0]}`, async (t) => {
      const place = new Place(t, server);
      place.client({ ...PLAIN.client, ...wrong });
      assert.equal((await place.watch.first("handshake:error:auth")).error.status, 400);
      place.untouched();
    });
  }

  test("test_security_plain/test_plain_vanilla_socket: a peer without a handshake is not let in", async (t) => {
    await sneaks(new Place(t, server));
  });
});

describe("CURVE", () => {
  const server = { ...CURVE.server, ...DOMAIN };
  const NO_KEY = "0".repeat(40);

  test("test_security_curve/test_curve_security_with_valid_credentials: messages pass, both ways", async (t) => {
    const place = new Place(t, server);
    await place.bounces(CURVE.client);
    await place.watch.first("handshake");
    assert.deepEqual(place.asked, ["CURVE"]);
  });

  test("test_security_curve/test_null_server_key: a client whose server's key is zeros says no HELLO with it", async (t) => {
    const place = new Place(t, server);
    const { watch } = place.client({ ...CURVE.client, curveServerKey: NO_KEY });
    const { error } = await watch.first("handshake:error:protocol");
    assert.equal((error as { code?: unknown }).code, "ERR_ZMTP_KEY_EXCHANGE");
    place.untouched();
  });

  for (const [name, option] of [
    ["test_null_client_public_key", "curvePublicKey"],
    ["test_null_client_secret_key", "curveSecretKey"],
  ] as const) {
    test(`test_security_curve/${name}: is EINVAL at connect`, (t) => {
      const client = sockets(t)(new Request({ linger: 0, ...CURVE.client, [option]: NO_KEY }));
      assert.throws(() => client.connect("tcp://127.0.0.1:1"), { code: "EINVAL" });
    });
  }

  test("test_security_curve/test_curve_security_with_bogus_client_credentials: a key that the handler does not know", async (t) => {
    const place = new Place(t, server);
    const { watch } = place.client({ curveServerKey: SERVER_KEYS.publicKey });
    assert.equal((await place.watch.first("handshake:error:auth")).error.status, 400);
    assert.equal((await watch.first("handshake:error:auth")).error.status, 400);
    place.untouched();
  });

  for (const [name, client] of [
    ["test_curve_security_with_null_client_credentials", NULL_DOMAIN.client],
    ["test_curve_security_with_plain_client_credentials", PLAIN.client],
  ] as const) {
    test(`test_security_curve/${name}: another mechanism is not taken`, async (t) => {
      const place = new Place(t, server);
      place.client(client);
      await place.refused("ERR_ZMTP_MECHANISM_MISMATCH");
      assert.deepEqual(place.asked, []);
    });
  }

  test("test_security_curve/test_curve_security_unauthenticated_message: a peer without a handshake is not let in", async (t) => {
    await sneaks(new Place(t, server));
  });

  const changed =
    (at: number, ...to: readonly number[]): Fault["change"] =>
    (bytes) => {
      const copy = Uint8Array.from(bytes);
      copy.set(to, at);
      return copy;
    };
  /** Of a command whose frame has a header of so many octets: its name is another, of the same length. */
  const renamed = (header: number): Fault["change"] => changed(header + 1, "X".charCodeAt(0));
  const SHORT_HEADER = 2;
  const LONG_HEADER = 9;
  /** Where the cookie and the box of an INITIATE begin, behind its name; each after a nonce. */
  const COOKIE = LONG_HEADER + 9;
  const BOX = COOKIE + 96;

  for (const [name, part, code, change] of [
    ["hello_wrong_length", 1, "MALFORMED_COMMAND_HELLO", () => octets("04 06 05 48454c4c4f")],
    ["hello_command_name", 1, "UNEXPECTED_COMMAND", renamed(SHORT_HEADER)],
    ["hello_version", 1, "MALFORMED_COMMAND_HELLO", changed(SHORT_HEADER + 6, 2)],
    ["initiate_wrong_length", 2, "MALFORMED_COMMAND_INITIATE", () => octets("04 09 08 494e495449415445")],
    ["initiate_command_name", 2, "UNEXPECTED_COMMAND", renamed(LONG_HEADER)],
    ["initiate_command_encrypted_cookie", 2, "CRYPTOGRAPHIC", changed(COOKIE + 16, 1, 2, 3)],
    ["initiate_command_encrypted_content", 2, "CRYPTOGRAPHIC", changed(BOX + 8, 1, 2, 3)],
  ] as const) {
    test(`test_security_curve/test_curve_security_invalid_${name}: is ${code}, and the next client is served`, async (t) => {
      const place = new Place(t, server);
      const fault = { name, part, change };
      const peer = await ShakingPeer.connect(place.endpoint, SHAKING.CURVE.client, "DEALER", fault);
      assert.equal(await peer.settled(), false);
      await place.refused(`ERR_ZMTP_${code}`);
      assert.deepEqual(place.asked, []);
      peer.peer.close();
      await place.bounces(CURVE.client);
    });
  }

  test("the same peer, without a fault, is let in", async (t) => {
    const place = new Place(t, server);
    const none = { name: "none", part: 2, change: (bytes: Uint8Array) => concat([bytes]) };
    const peer = await ShakingPeer.connect(place.endpoint, SHAKING.CURVE.client, "DEALER", none);
    assert.equal(await peer.settled(), true);
    peer.peer.close();
  });
});
