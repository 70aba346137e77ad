import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import {
  Context,
  Dealer,
  Reply,
  Request,
  Router,
  Stream,
  type AuthenticationAnswer,
  type AuthenticationRequest,
} from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound, fresh } from "../support/places.ts";
import { CLIENT_KEYS, CURVE, NULL_DOMAIN, PLAIN, SECURITIES, type Security } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";

const PATIENCE = 5000;

/** A server and a client that try to talk, over tcp; the server takes its handler from `context`. */
function meeting(t: TestContext, security: Security, more: object = {}, context = new Context()): Meeting {
  const use = sockets(t);
  const server = use(new Reply({ context, linger: 0, receiveTimeout: PATIENCE, ...security.server, ...more }));
  const client = use(new Request({ context, linger: 0, receiveTimeout: PATIENCE, reconnectInterval: 30 }));
  Object.assign(client, security.client);
  const meet = (): void => client.connect(bound(server, "tcp"));
  return { server, client, context, atServer: new Watch(server), atClient: new Watch(client), meet };
}

interface Meeting {
  readonly server: Reply;
  readonly client: Request;
  readonly context: Context;
  readonly atServer: Watch;
  readonly atClient: Watch;
  meet(): void;
}

async function talk({ server, client }: Meeting): Promise<ReadonlyMap<string, string>> {
  await client.send("hello");
  const { message, metadata } = await server.receiveWithMetadata();
  assert.deepEqual(message.map(String), ["hello"]);
  await server.send("world");
  assert.deepEqual((await client.receive()).map(String), ["world"]);
  return metadata;
}

/** The two ways in which an answer may come. */
const WAYS: Readonly<
  Record<string, (answer: AuthenticationAnswer) => AuthenticationAnswer | Promise<AuthenticationAnswer>>
> = {
  "at once": (answer) => answer,
  later: (answer) => new Promise((resolve) => void setImmediate(resolve, answer)),
};

for (const security of SECURITIES) {
  for (const [when, give] of Object.entries(WAYS)) {
    describe(`${security.name}, answered ${when}`, () => {
      test("200 lets the peer in, with its user id and metadata", async (t) => {
        const scene = meeting(t, security);
        scene.server.authenticate(() => give({ userId: "joe", metadata: { "X-Team": "red" } }));
        scene.meet();
        const metadata = await talk(scene);
        assert.equal(metadata.get("User-Id"), "joe");
        assert.equal(metadata.get("X-Team"), "red");
        assert.equal(metadata.get("Socket-Type"), "REQ");
        const [peer] = scene.server.peers();
        assert.deepEqual([peer?.mechanism, peer?.userId], [security.name, "joe"]);
      });

      test("300 closes the connection, and the client comes again", async (t) => {
        const scene = meeting(t, security);
        let asked = 0;
        scene.server.authenticate(() => give(asked++ === 0 ? { status: 300, text: "busy" } : { userId: "joe" }));
        scene.meet();
        const { error, reason } = await scene.atServer.first("handshake:error:auth");
        assert.deepEqual([error.message, error.status], ["Temporary error", 300]);
        assert.match(reason ?? "", /busy/);
        await talk(scene);
        assert.equal(scene.server.stats().handshakeAuth, 1);
        assert.equal(scene.atClient.of("handshake:error:auth").length, 0);
      });

      for (const [status, message] of [
        [400, "Authentication failure"],
        [500, "Internal error"],
      ] as const) {
        test(`${status} is told to the client, which does not come again`, async (t) => {
          const scene = meeting(t, security);
          scene.server.authenticate(() => give({ status, text: "for a reason" }));
          scene.meet();
          const events = [
            await scene.atServer.first("handshake:error:auth"),
            await scene.atClient.first("handshake:error:auth"),
          ];
          for (const { error } of events) {
            assert.ok(error instanceof Error);
            assert.deepEqual([error.message, error.status], [message, status]);
          }
          assert.match(events[0]?.reason ?? "", /for a reason/);
          assert.doesNotMatch(events[1]?.reason ?? "", /for a reason/);
          await scene.atClient.first("disconnect");
          assert.equal(scene.atClient.of("connect:retry").length, 0);
          assert.equal(scene.client.stats().handshakeAuth, 1);
          assert.equal(scene.server.stats().handshakeAuth, 1);
        });
      }

      test("what fails is a 500, and nobody gets in by it", async (t) => {
        for (const wrong of [
          undefined,
          null,
          1,
          "yes",
          {},
          [],
          { allowed: true },
          { status: "200" },
          { userId: 5 },
          { metadata: { a: 1 } },
        ]) {
          const scene = meeting(t, security);
          scene.server.authenticate(() => give(wrong as unknown as AuthenticationAnswer));
          scene.meet();
          const { error, reason } = await scene.atServer.first("handshake:error:auth");
          assert.equal(error.status, 500, JSON.stringify(wrong));
          assert.match(reason ?? "", /the authenticator failed: it returned/);
        }
      });
    });
  }
}

describe("an authenticator", () => {
  test("that throws or rejects is a 500 with what it says", async (t) => {
    const failures = [
      () => {
        throw new Error("the database is away");
      },
      () => Promise.reject(new Error("the database is away")),
    ];
    for (const fail of failures) {
      const scene = meeting(t, PLAIN);
      scene.server.authenticate(fail);
      scene.meet();
      const { error, reason } = await scene.atServer.first("handshake:error:auth");
      assert.equal(error.status, 500);
      assert.match(reason ?? "", /the database is away/);
    }
  });

  test("sees what a PLAIN client shows, and printing it does not show the password", async (t) => {
    const scene = meeting(t, PLAIN, { zapDomain: "global" });
    const requests: AuthenticationRequest[] = [];
    scene.server.authenticate((request) => requests.push(request) > 0);
    scene.meet();
    await talk(scene);
    const [request] = requests;
    assert.equal(request?.password, "open sesame");
    assert.equal(JSON.stringify(request).includes("sesame"), false);
    const { domain, address, mechanism, username, publicKey } = request ?? {};
    assert.deepEqual(
      [domain, address, mechanism, username, publicKey],
      ["global", "127.0.0.1", "PLAIN", "alice", undefined],
    );
  });

  test("sees a CURVE client's key in Z85 and in bytes", async (t) => {
    const scene = meeting(t, CURVE);
    const requests: AuthenticationRequest[] = [];
    scene.server.authenticate((request) => requests.push(request) > 0);
    scene.meet();
    await talk(scene);
    assert.equal(requests[0]?.publicKey, CLIENT_KEYS.publicKey);
    assert.equal(requests[0]?.publicKeyBytes?.length, 32);
    assert.equal(requests[0]?.username, undefined);
  });

  test("of a socket judges NULL peers too, with no domain set", async (t) => {
    const scene = meeting(t, { name: "NULL", server: {}, client: {} });
    scene.server.authenticate(({ address, mechanism }) => ({ status: 400, text: `${mechanism} from ${address}` }));
    scene.meet();
    assert.match((await scene.atServer.first("handshake:error:auth")).reason ?? "", /NULL from 127\.0\.0\.1/);
  });

  test("that never answers leaves the peer to the time limit of the handshake", async (t) => {
    const scene = meeting(t, PLAIN, { handshakeInterval: 50 });
    scene.server.authenticate(() => new Promise(() => undefined));
    scene.meet();
    const { error, reason } = await scene.atServer.first("handshake:error:other");
    assert.deepEqual([error.code, error.errno], ["EAGAIN", 11]);
    assert.match(reason ?? "", /no verdict on the peer/);
    assert.equal(scene.server.stats().handshakeTimeout, 1);
  });

  test("may answer after the socket was closed, and after its peer is gone", async (t) => {
    const scene = meeting(t, PLAIN);
    const answers: ((answer: boolean) => void)[] = [];
    scene.server.authenticate(() => new Promise((resolve) => answers.push(resolve)));
    scene.meet();
    await scene.atClient.first("connect");
    await until("the question", () => answers.length > 0);
    scene.client.close();
    scene.server.close();
    await scene.server.ended();
    for (const answer of answers) answer(true);
    assert.equal(scene.server.stats().peers, 0);
  });

  test("is taken away by null, and must be a function", (t) => {
    const { server } = meeting(t, PLAIN);
    server.authenticate(() => true);
    server.authenticate(null);
    assert.throws(() => server.authenticate(5 as never), { name: "TypeError" });
    assert.throws(() => server.context.authenticate("x" as never), { name: "TypeError" });
  });

  test("has no place on raw TCP, and neither has a mechanism", (t) => {
    const stream = sockets(t)(new Stream({ linger: 0 }));
    assert.throws(() => stream.authenticate(() => true), { code: "ENOTSUP" });
    stream.plainServer = true;
    assert.throws(() => stream.bindSync("tcp://127.0.0.1:*"), { code: "ENOTSUP" });
    assert.throws(() => stream.connect("tcp://127.0.0.1:1"), { code: "ENOTSUP" });
  });

  test("of a context judges the peers of its sockets, as a ZAP handler does; a socket's own goes before it", async (t) => {
    const context = new Context();
    context.authenticate(({ domain }) => (domain === "open" ? { userId: "by context" } : false));
    const [open, closed, own] = ["open", "closed", "closed"].map((zapDomain) =>
      meeting(t, PLAIN, { zapDomain }, context),
    );
    own?.server.authenticate(() => ({ userId: "by socket" }));
    for (const scene of [open, closed, own]) scene?.meet();
    assert.equal((await talk(open as Meeting)).get("User-Id"), "by context"); // there are three
    assert.equal((await talk(own as Meeting)).get("User-Id"), "by socket");
    assert.equal((await (closed as Meeting).atServer.first("handshake:error:auth")).error.status, 400);
    const none = meeting(t, { name: "NULL", server: {}, client: {} }, {}, context);
    none.meet();
    await talk(none);
  });

  test("goes before a ZAP handler", async (t) => {
    const scene = meeting(t, PLAIN);
    const handler = sockets(t)(new Router({ context: scene.context, linger: 0 }));
    handler.bindSync("inproc://zeromq.zap.01");
    scene.context.authenticate(() => true);
    scene.meet();
    await talk(scene);
    assert.equal(handler.readable, false);
  });

  test("judges many peers at once, in any order", async (t) => {
    const use = sockets(t);
    const server = use(new Router({ linger: 0, receiveTimeout: PATIENCE, plainServer: true }));
    const waiting: (() => void)[] = [];
    server.authenticate(
      ({ username }) => new Promise((resolve) => waiting.push(() => resolve({ userId: username ?? "" }))),
    );
    const address = bound(server, "tcp");
    const clients = Array.from({ length: 20 }, (_, at) => use(new Dealer({ linger: 0, plainUsername: `user ${at}` })));
    for (const client of clients) {
      client.connect(address);
      void client.send("here");
    }
    while (waiting.length < clients.length) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of waiting.reverse()) answer();
    const users = new Set<string>();
    while (users.size < clients.length) users.add((await server.receiveWithMetadata()).metadata.get("User-Id") ?? "");
    assert.equal(users.has("user 0") && users.has("user 19"), true);
  });
});

/** Whether the peer got in when nobody was there to judge it. */
async function passes(scene: Meeting): Promise<boolean> {
  scene.meet();
  void scene.client.send("hello");
  const { atServer } = scene;
  await until(
    "an end of the handshake",
    () => [...atServer.of("handshake"), ...atServer.of("handshake:error:other")].length > 0,
  );
  const passed = atServer.of("handshake").length > 0;
  if (!passed) {
    const [event] = scene.atServer.of("handshake:error:other");
    assert.deepEqual([event?.error.code, event?.error.errno], ["EFAULT", 14]);
    assert.match(event?.reason ?? "", /nobody is there to authenticate/);
    assert.ok(scene.server.stats().handshakeUnjudged > 0);
    await scene.atClient.first("connect:retry");
    scene.client.close();
  } else await scene.server.receive();
  return passed;
}

describe("with nobody to authenticate, as in libzmq", () => {
  const NULL: Security = { name: "NULL", server: {}, client: {} };
  const CASES: Readonly<Record<string, string>> = {
    "no domain": "test_security_no_zap_handler/test_no_zap_handler",
    "a domain": "test_security_zap/test_zap_unsuccessful_no_handler_started",
    "an enforced domain": "test_security_no_zap_handler/test_no_zap_handler_enforce_domain",
    "no domain enforced": "zapEnforceDomain",
  };
  const DOMAINS = {
    "no domain": {},
    "a domain": { zapDomain: "test" },
    "an enforced domain": { zapDomain: "test", zapEnforceDomain: true },
    "no domain enforced": { zapEnforceDomain: true },
  };
  for (const [security, expected] of [
    [NULL, [true, true, false, true]],
    [PLAIN, [false, false, false, false]],
    [CURVE, [true, true, false, true]],
  ] as const) {
    for (const [at, [name, domain]] of Object.entries(DOMAINS).entries()) {
      const passed = expected[at] as boolean; // there are four
      test(`${CASES[name]}: ${security.name} with ${name} lets ${passed ? "everybody" : "nobody"} in`, async (t) => {
        assert.equal(await passes(meeting(t, security, domain)), passed);
      });
    }
  }

  test("a domain that protects nothing is warned of, once", async (t) => {
    const warnings: string[] = [];
    t.mock.method(process, "emitWarning", (text: string) => void warnings.push(text));
    const scene = meeting(t, NULL_DOMAIN);
    assert.equal(await passes(scene), true);
    const second = sockets(t)(new Request({ context: scene.context, linger: 0 }));
    second.connect(scene.server.lastEndpoint ?? "");
    await scene.atServer.nth("handshake", 2);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /zapDomain is "test", but nobody is there to authenticate/);
  });
});

test("unlike in libzmq, an authenticator is asked where zapEnforceDomain is set and no domain", async (t) => {
  const scene = meeting(t, CURVE, { zapEnforceDomain: true });
  scene.server.authenticate(() => false);
  scene.meet();
  assert.equal((await scene.atServer.first("handshake:error:auth")).error.status, 400);
});

test("inproc has no handshake: mechanisms and authenticators do not act there, as in libzmq", async (t) => {
  const use = sockets(t);
  const server = use(new Reply({ linger: 0, ...PLAIN.server }));
  server.authenticate(() => false);
  const client = use(new Request({ linger: 0 }));
  const address = fresh("inproc");
  server.bindSync(address);
  client.connect(address);
  await client.send("hello");
  assert.deepEqual((await server.receive()).map(String), ["hello"]);
});
