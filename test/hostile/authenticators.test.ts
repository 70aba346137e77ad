import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Context, Reply, Router, type Authenticator } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { MECHANISMS } from "../../src/security/index.ts";
import { until } from "../conformance/recorders.ts";
import { PLAIN } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { ShakingPeer } from "./shaking-peer.ts";
import { alone, make, withVictim, type Victim } from "./victim.ts";

/** Somebody else than the good client. */
function stranger(victim: Pick<Victim, "endpoint">, username = "mallory"): Promise<ShakingPeer> {
  const shaking = (metadata: Uint8Array) => MECHANISMS.PLAIN.client(metadata, { username, password: "" });
  return ShakingPeer.connect(victim.endpoint, shaking, "PUSH");
}

/** A PLAIN server that lets the good client in at once, and has `judge` look at all others. */
function atPlain(judge: Authenticator, options: object, attack: (victim: Victim) => Promise<void>): Promise<void> {
  return withVictim(
    "PULL",
    options,
    (victim) => {
      victim.socket.authenticate((request) => (request.username === "alice" ? true : judge(request)));
      return attack(victim);
    },
    PLAIN,
  );
}

const thrower = (thrown: unknown) => () => {
  throw thrown;
};

/** What looks like a promise. */
function withThen(then: PropertyDescriptor): object {
  // eslint-disable-next-line unicorn/no-thenable -- users may return one
  return Object.defineProperty({}, "then", then);
}

/** What no type allows, and what a program may do all the same. None of it lets anybody in. */
const WRONG: Readonly<Record<string, () => unknown>> = {
  "throws undefined": thrower(undefined),
  "throws null": thrower(null),
  "throws a symbol": thrower(Symbol("x")),
  "throws what can't be made a text": thrower(Object.create(null)),
  "rejects with what can't be made a text": () => Promise.reject(Object.create(null)),
  "returns a symbol": () => Symbol("x"),
  "returns a function": () => () => true,
  "returns a promise of a promise of nothing": () => Promise.resolve(Promise.resolve()),
  "returns a text that is a symbol": () => ({ status: 400, text: Symbol("x") }),
  "returns a status that can't be made a text": () => ({ status: Object.create(null) as unknown }),
  "returns metadata of null": () => ({ metadata: null }),
  "returns metadata with a name that is too long": () => ({ metadata: { ["x".repeat(256)]: "" } }),
  "returns a status from its prototype": () => Object.create({ status: 200 }) as unknown,
  "has a getter that throws": () => ({
    get status() {
      throw new Error("of the getter");
    },
  }),
  "has a then that throws": () => withThen({ value: thrower(new Error("of the then")) }),
  "has a then that can't be read": () => withThen({ get: thrower(new Error("of the getter")) }),
};

describe("an authenticator that is wrong lets nobody in, and nobody else pays for it", () => {
  for (const [name, wrong] of Object.entries(WRONG)) {
    test(`one that ${name}`, () =>
      atPlain(wrong as Authenticator, {}, async (victim) => {
        const peer = await stranger(victim);
        assert.equal(await peer.settled(), false);
        peer.peer.close();
        assert.equal(victim.socket.stats().handshakeAuth, 1);
      }));
  }

  test("one whose then answers twice, and throws after it, is taken at its first word", async () => {
    for (const first of [true, false]) {
      const then = (resolve: (answer: boolean) => void): void => {
        resolve(first);
        resolve(!first);
        throw new Error("after it answered");
      };
      await atPlain(
        () => withThen({ value: then }),
        {},
        async (victim) => {
          const peer = await stranger(victim);
          assert.equal(await peer.settled(), first);
          peer.peer.close();
        },
      );
    }
  });

  test("one that closes the socket, lets go of its endpoint, or takes another's place, in the call or later", async () => {
    for (const later of [false, true]) {
      for (const act of [
        (victim: Victim) => victim.socket.close(),
        (victim: Victim) => victim.socket.unbindSync(victim.endpoint),
        (victim: Victim) => victim.socket.authenticate(null),
      ]) {
        const victim: Victim = await plainRouter();
        victim.socket.authenticate(async () => {
          if (later) await new Promise((resolve) => setImmediate(resolve));
          act(victim);
          return true;
        });
        const peer = await stranger(victim);
        await peer.settled();
        peer.peer.close();
        victim.socket.close();
        await victim.socket.ended();
        assert.equal(unaccounted(victim.socket.stats()), 0);
      }
    }
  });
});

/** A server with nobody beside it. */
async function plainRouter(): Promise<Victim> {
  const socket = make("PULL", { plainServer: true });
  await socket.bind("tcp://127.0.0.1:*");
  const nobody = { served: () => Promise.resolve(), close: () => undefined };
  return { socket, endpoint: socket.lastEndpoint ?? "", client: nobody };
}

describe("authenticators under a flood", () => {
  test("one that never answers has no more than maxHandshakes peers waiting, and newcomers are judged", () =>
    atPlain(
      () => new Promise(() => undefined),
      { maxHandshakes: 20, backlog: 1024 },
      async (victim) => {
        const flood = Array.from({ length: 300 }, () => stranger(victim));
        const peers = (await Promise.all(flood)).map(({ peer }) => peer);
        await until("all but 20 to be turned away", () => peers.filter(({ over }) => !over).length <= 20);
        const newcomer = make("PUSH", { reconnectInterval: 20, ...PLAIN.client });
        newcomer.connect(victim.endpoint);
        await newcomer.ready({ peers: 1, timeout: 5000 });
        newcomer.close();
        for (const peer of peers) peer.close();
        await alone(victim);
      },
    ));

  test("one that is slow judges 300 peers while the good client is served, and lets in whom it should", () => {
    const slow: Authenticator = ({ username }) =>
      new Promise((resolve) => setTimeout(() => resolve(username === "friend"), 50));
    return atPlain(slow, { backlog: 1024 }, async (victim) => {
      const names = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? "friend" : "mallory"));
      const peers = await Promise.all(names.map((name) => stranger(victim, name)));
      await victim.client.served();
      const entered = await Promise.all(peers.map((peer) => peer.settled()));
      assert.deepEqual(
        entered,
        names.map((name) => name === "friend"),
      );
      for (const { peer } of peers) peer.close();
      await alone(victim);
    });
  });

  for (const way of ["never reads", "closes in the middle"] as const) {
    test(`a ZAP handler that ${way} is left with nothing of those that are gone`, async (t) => {
      const use = sockets(t);
      const context = new Context();
      const handler = use(new Router({ context, linger: 0 }));
      handler.bindSync("inproc://zeromq.zap.01");
      const server = use(new Reply({ context, linger: 0, backlog: 1024, handshakeInterval: 1000, ...PLAIN.server }));
      server.bindSync("tcp://127.0.0.1:*");
      const endpoint = server.lastEndpoint ?? "";
      const peers = await Promise.all(Array.from({ length: 200 }, () => stranger({ endpoint })));
      await until("all to wait", () => handler.stats().queuedIn === 200);
      if (way === "closes in the middle") handler.close();
      else for (const { peer } of peers) peer.close();
      await until("all to be let go of", () => {
        const { handshakeUnjudged, handshakeTimeout } = server.stats(); // who waits for a verdict is not read
        return (way === "never reads" ? handshakeTimeout : handshakeUnjudged) === 200;
      });
      assert.deepEqual([handler.stats().queuedIn, handler.stats().peers, server.stats().peers], [0, 0, 0]);
      for (const { peer } of peers) peer.close();
    });
  }
});

describe("what an authenticator says of a peer, and a peer of itself, is only text", () => {
  test("metadata with the names that objects have, by a callback and by a ZAP handler", async (t) => {
    const names = ["__proto__", "constructor", "toString"];
    const metadata = JSON.parse(`{${names.map((name) => `"${name}":"polluted"`).join()}}`) as Record<string, string>;
    const encoded = Buffer.concat(
      names.map((name) => Buffer.from(`${String.fromCharCode(name.length)}${name}\0\0\0\x08polluted`)),
    );
    for (const byHandler of [false, true]) {
      const context = new Context();
      const use = sockets(t);
      const server = use(new Reply({ context, linger: 0, receiveTimeout: 5000, ...PLAIN.server }));
      if (byHandler) {
        const handler = use(new Reply({ context }));
        handler.bindSync("inproc://zeromq.zap.01");
        handler.onMessage(([version = "", id = ""]) => void handler.trySend([version, id, "200", "", "", encoded]));
      } else server.authenticate(() => ({ metadata }));
      server.bindSync("tcp://127.0.0.1:*");
      const client = use(make("REQ", PLAIN.client));
      client.connect(server.lastEndpoint ?? "");
      await (client as unknown as Router).send("hello");
      const got = (await server.receiveWithMetadata()).metadata;
      for (const name of names) assert.equal(got.get(name), "polluted");
      assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    }
  });

  test("names and user ids with control characters are told as they are where programs read, and readably to people", () => {
    const name = "\u001b[2J\u0000\r\nroot";
    return atPlain(
      ({ username }) => (username === name ? { userId: name } : { status: 400, text: "no" }),
      {},
      async (victim) => {
        const watch = new Watch(victim.socket);
        const refused = await stranger(victim, `${name}!`);
        assert.equal(await refused.settled(), false);
        const { reason = "", error } = await watch.first("handshake:error:auth");
        for (const text of [reason, error.message])
          assert.ok(
            Buffer.from(text).every((octet) => octet >= 0x20),
            text,
          );
        const peer = await stranger(victim, name);
        assert.ok(await peer.settled());
        await until("the peer", () => victim.socket.peers().some(({ userId }) => userId === name));
        for (const each of [refused, peer]) each.peer.close();
      },
    );
  });
});
