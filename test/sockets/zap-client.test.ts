import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Context, encodeZ85, Publisher, Reply, Request, Router, type Socket } from "../../src/index.ts";
import { bound } from "../support/places.ts";
import { CLIENT_KEYS, CURVE, NULL_DOMAIN, PLAIN, SECURITIES, type Security } from "../support/securities.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";

const ZAP = "inproc://zeromq.zap.01";
const PATIENCE = 5000;

/** What a handler answers to a request: all frames of the reply behind the envelope. */
type Answers = (request: string[], frames: Buffer[]) => readonly (string | Buffer)[] | null;

/** A server and a client in a context with a ZAP handler, which answers by `answers`; null is no answer. */
class Scene {
  readonly context: Context = new Context();
  readonly use: Use;
  readonly server: Reply;
  readonly client: Request;
  readonly atServer: Watch;
  readonly atClient: Watch;
  readonly requests: string[][] = [];

  constructor(t: TestContext, security: Security, more: object = {}) {
    const { context } = this;
    this.use = sockets(t);
    this.server = this.use(new Reply({ context, linger: 0, receiveTimeout: PATIENCE, ...security.server, ...more }));
    this.client = this.use(new Request({ context, linger: 0, receiveTimeout: PATIENCE, reconnectInterval: 30 }));
    Object.assign(this.client, security.client);
    this.atServer = new Watch(this.server);
    this.atClient = new Watch(this.client);
  }

  /** Binds a handler of either kind. */
  handle(kind: "REP" | "ROUTER", answers: Answers): Socket {
    const { context } = this;
    const handler = this.use(kind === "REP" ? new Reply({ context }) : new Router({ context }));
    handler.bindSync(ZAP);
    handler.onMessage((message) => {
      const envelope = kind === "REP" ? [] : message.splice(0, 2);
      const request = message.map(String);
      this.requests.push(request);
      const reply = answers(request, message);
      if (reply !== null) handler.trySend([...envelope, ...reply]);
    });
    return handler;
  }

  meet(): void {
    this.client.connect(bound(this.server, "tcp"));
  }

  async talk(): Promise<ReadonlyMap<string, string>> {
    await this.client.send("hello");
    const { metadata } = await this.server.receiveWithMetadata();
    await this.server.send("world");
    await this.client.receive();
    return metadata;
  }
}

/** "OK" for everybody. */
const ok: Answers = ([version = "", id = ""]) => [
  version,
  id,
  "200",
  "OK",
  "joe",
  Buffer.from("\x04Team\0\0\0\x03red", "latin1"),
];

for (const kind of ["REP", "ROUTER"] as const) {
  for (const security of SECURITIES) {
    describe(`a ${kind} as ZAP handler, for ${security.name}`, () => {
      test("200 lets the peer in, with its user id and metadata", async (t) => {
        const scene = new Scene(t, security);
        scene.handle(kind, ok);
        scene.meet();
        const metadata = await scene.talk();
        assert.deepEqual([metadata.get("User-Id"), metadata.get("Team")], ["joe", "red"]);
      });

      for (const [status, name] of [
        [300, "test_security_zap/test_zap_wrong_status_temporary_failure: 300 does not"],
        [400, "400 does not"],
        [500, "test_security_zap/test_zap_wrong_status_internal_error: 500 does not"],
      ] as const) {
        test(name, async (t) => {
          const scene = new Scene(t, security);
          scene.handle(kind, ([version = "", id = ""]) => [version, id, String(status), "no", "", ""]);
          scene.meet();
          assert.equal((await scene.atServer.first("handshake:error:auth")).error.status, status);
          if (status === 300) await scene.atClient.first("connect:retry");
          else assert.equal((await scene.atClient.first("handshake:error:auth")).error.status, status);
          assert.equal(scene.atServer.of("handshake").length, 0);
        });
      }
    });
  }
}

describe("what a handler is asked", () => {
  test("for PLAIN: name and password, and the server's domain and routing id", async (t) => {
    const scene = new Scene(t, PLAIN, { zapDomain: "global" });
    scene.handle("ROUTER", ok);
    scene.meet();
    await scene.talk();
    assert.deepEqual(scene.requests, [["1.0", "1", "global", "127.0.0.1", "", "PLAIN", "alice", "open sesame"]]);
  });

  test("for CURVE: the client's public key in 32 bytes", async (t) => {
    const scene = new Scene(t, CURVE);
    const keys: Buffer[] = [];
    scene.handle("REP", (request, frames) => {
      keys.push(...frames.slice(6));
      return ok(request, frames);
    });
    scene.meet();
    await scene.talk();
    assert.equal(keys.length, 1);
    assert.deepEqual(
      [keys[0]?.length, scene.requests[0]?.slice(0, 6)],
      [32, ["1.0", "1", "", "127.0.0.1", "", "CURVE"]],
    );
    assert.equal(encodeZ85(keys[0] as Buffer), CLIENT_KEYS.publicKey); // there is one
  });

  test("for NULL: nothing beside the address, and only where there is a domain", async (t) => {
    const scene = new Scene(t, NULL_DOMAIN);
    scene.handle("ROUTER", ok);
    scene.meet();
    await scene.talk();
    assert.deepEqual(scene.requests, [["1.0", "1", "test", "127.0.0.1", "", "NULL"]]);
    const none = new Scene(t, { name: "NULL", server: {}, client: {} });
    none.handle("ROUTER", () => null);
    none.meet();
    await none.talk();
    assert.deepEqual(none.requests, []);
  });

  test("the routing id of the socket that asks, as in libzmq", async (t) => {
    const context = new Context();
    const use = sockets(t);
    const server = use(new Router({ context, linger: 0, routingId: "SERVER", ...PLAIN.server }));
    const handler = use(new Router({ context }));
    handler.bindSync(ZAP);
    const client = use(new Request({ linger: 0 }));
    Object.assign(client, PLAIN.client);
    client.connect(bound(server, "tcp"));
    const [, , , , , , identity] = await handler.receive({ timeout: PATIENCE });
    assert.equal(String(identity), "SERVER");
  });
});

for (const [what, code, reply] of [
  ["test_zap_protocol_error_wrong_version: another version", "ERR_ZAP_BAD_VERSION", ["9.9", "1", "200", "OK", "", ""]],
  ["test_zap_protocol_error_wrong_request_id: another id", "ERR_ZAP_BAD_REQUEST_ID", ["1.0", "7", "200", "OK", "", ""]],
  [
    "test_zap_protocol_error_wrong_status_invalid: an unknown status",
    "ERR_ZAP_INVALID_STATUS_CODE",
    ["1.0", "1", "999", "OK", "", ""],
  ],
  [
    "test_zap_protocol_error_too_many_parts: too many frames",
    "ERR_ZAP_MALFORMED_REPLY",
    ["1.0", "1", "200", "OK", "", "", "more"],
  ],
  ["too few frames", "ERR_ZAP_MALFORMED_REPLY", ["", ""]],
  ["broken metadata", "ERR_ZAP_INVALID_METADATA", ["1.0", "1", "200", "OK", "", "\x09x"]],
] as const) {
  test(`test_security_zap/${what} in a reply is ${code}, and lets nobody in`, async (t) => {
    for (const security of SECURITIES) {
      const scene = new Scene(t, security);
      scene.handle("ROUTER", () => reply);
      scene.meet();
      const { error } = await scene.atServer.first("handshake:error:protocol");
      assert.equal((error as { code?: unknown }).code, code);
      assert.equal(scene.atServer.of("handshake").length, 0);
    }
  });
}

describe("a handler that fails", () => {
  test("test_security_zap/test_zap_unsuccessful_disconnect: one that closes before it answers is a lost connection (EPIPE)", async (t) => {
    const scene = new Scene(t, PLAIN);
    const handler = scene.handle("REP", () => {
      setImmediate(() => handler.close());
      return null;
    });
    scene.meet();
    const { error, reason } = await scene.atServer.first("handshake:error:other");
    assert.deepEqual([error.code, error.errno], ["EPIPE", 32]);
    assert.match(reason ?? "", /closed before it answered/);
  });

  test("test_security_zap/test_zap_unsuccessful_do_not_send: one that does not answer leaves the peer to the time limit (EAGAIN)", async (t) => {
    for (const security of SECURITIES) {
      const scene = new Scene(t, security, { handshakeInterval: 50 });
      const handler = scene.handle("ROUTER", () => null);
      scene.meet();
      assert.equal((await scene.atServer.first("handshake:error:other")).error.code, "EAGAIN");
      assert.equal(handler.stats().peers, handler.peers().length);
    }
  });

  test("test_security_zap/test_zap_unsuccessful_do_not_recv: one that does not even receive, too", async (t) => {
    for (const security of SECURITIES) {
      const scene = new Scene(t, security, { handshakeInterval: 50 });
      scene.use(new Reply({ context: scene.context })).bindSync(ZAP);
      scene.meet();
      assert.equal((await scene.atServer.first("handshake:error:other")).error.code, "EAGAIN");
    }
  });

  test("one that is no REP or ROUTER is nobody to ask; libzmq ends its process", async (t) => {
    const scene = new Scene(t, CURVE);
    scene.use(new Publisher({ context: scene.context })).bindSync(ZAP);
    scene.meet();
    const { error, reason } = await scene.atServer.first("handshake:error:other");
    assert.equal(error.code, "EFAULT");
    assert.match(reason ?? "", /the PUB bound there is no REP or ROUTER/);
  });

  test("an answer that comes too late, or twice, means nothing", async (t) => {
    const scene = new Scene(t, PLAIN, { handshakeInterval: 50 });
    const handler = scene.use(new Router({ context: scene.context }));
    handler.bindSync(ZAP);
    scene.meet();
    const [from, ...rest] = await handler.receive({ timeout: PATIENCE });
    await scene.atServer.first("handshake:error:other");
    for (let times = 0; times < 2; times++)
      await handler.send([from ?? "", "", "1.0", String(rest[2]), "200", "OK", "", ""]);
    assert.equal(scene.atServer.of("handshake").length, 0);
    assert.equal(handler.stats().drops.unroutable, 2);
  });
});

test("any number of questions may be under way, and each peer gets its own answer", async (t) => {
  const context = new Context();
  const use = sockets(t);
  const server = use(new Router({ context, linger: 0, receiveTimeout: PATIENCE, ...PLAIN.server }));
  const handler = use(new Router({ context, receiveTimeout: PATIENCE }));
  handler.bindSync(ZAP);
  const address = bound(server, "tcp");
  const names = Array.from({ length: 20 }, (_, at) => `user ${at}`);
  for (const plainUsername of names) {
    const client = use(new Request({ linger: 0, plainUsername }));
    client.connect(address);
    void client.send(plainUsername);
  }
  const asked: Buffer[][] = [];
  while (asked.length < names.length) asked.push(await handler.receive());
  for (const frames of asked.reverse()) {
    await handler.send([...frames.slice(0, 4), "200", "OK", frames.at(-2) as Buffer, ""]); // its user name
  }
  for (const _ of names) {
    const { message, metadata } = await server.receiveWithMetadata();
    assert.equal(metadata.get("User-Id"), String(message.at(-1)));
  }
});

test("a handler that is bound late is asked from then on, as the client comes again", async (t) => {
  const scene = new Scene(t, PLAIN);
  scene.meet();
  await scene.atClient.first("connect:retry");
  scene.handle("REP", ok);
  await scene.talk();
  assert.ok(scene.server.stats().handshakeUnjudged > 0);
});

test("a handler is asked by the sockets of its own context, and by no other's", async (t) => {
  const [one, other] = [new Scene(t, PLAIN), new Scene(t, PLAIN)];
  one.handle("ROUTER", ok);
  for (const scene of [one, other]) scene.meet();
  await one.talk();
  const { error } = await other.atServer.first("handshake:error:other");
  assert.equal(error.code, "EFAULT");
  assert.equal(one.requests.length, 1);
});
