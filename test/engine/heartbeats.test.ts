import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dialer } from "../../src/engine/dialer.ts";
import { Listener } from "../../src/engine/listener.ts";
import type { Options, TypeName } from "../../src/options/options.ts";
import { OptionStore } from "../../src/options/options.ts";
import { FakeHost, role, settings } from "../support/engine-host.ts";
import { MemoryTransport, type MemoryStream } from "../support/memory-transport.ts";
import { hello, PING, PING_TTL_1S, short } from "../support/peer-bytes.ts";

/** libzmq's test_heartbeats, on a manual clock: a dialer and a listener, and the bytes between them carried by hand. */
class Line {
  readonly near: FakeHost;
  readonly far: FakeHost;
  readonly #transport = new MemoryTransport();
  readonly #dialer: Dialer;
  readonly #listener: Listener;
  readonly #ends: readonly [MemoryStream, MemoryStream];
  /** Whether the dialing side's bytes arrive. */
  mute = false;

  constructor(types: readonly [TypeName, TypeName], near: Partial<Options>, far: Partial<Options> = {}) {
    this.near = new FakeHost(role(types[0]));
    this.far = new FakeHost(role(types[1]));
    this.#listener = new Listener(this.far, settings(far, types[1]));
    this.#listener.listen(this.#transport, "mem://here");
    this.#dialer = new Dialer(this.near, settings(near, types[0]), {
      transport: this.#transport,
      endpoint: "mem://here",
    });
    this.#dialer.start();
    const accepted = this.#transport.arrival();
    this.#ends = [this.#transport.attempt.opens(), accepted];
    this.carry();
  }

  /** Carries bytes until none are left. */
  carry(): void {
    const [near, far] = this.#ends;
    for (let moved = true; moved;) {
      this.near.turn();
      this.far.turn();
      const out = Buffer.from(near.taken(), "hex");
      const back = Buffer.from(far.taken(), "hex");
      if (!this.mute && out.length > 0) far.arrive(out);
      if (back.length > 0) near.arrive(back);
      moved = out.length + back.length > 0;
    }
  }

  pass(duration: number): void {
    for (let time = 0; time < duration; time += 5) {
      this.near.clock.advance(5);
      this.far.clock.advance(5);
      this.carry();
    }
  }

  end(): void {
    this.#dialer.abort();
    this.#listener.abort();
    this.near.checkOver(1);
    this.far.checkOver(1);
  }
}

const disconnects = (host: FakeHost): number => host.events.filter(({ type }) => type === "disconnect").length;

/** A ROUTER's listener with one peer that is the test. */
function router(changes: Partial<Options>): { host: FakeHost; stream: MemoryStream; listener: Listener } {
  const host = new FakeHost(role("ROUTER"));
  const transport = new MemoryTransport();
  const listener = new Listener(host, settings(changes, "ROUTER"));
  listener.listen(transport, "mem://here");
  const stream = transport.arrival();
  stream.arrive(hello("DEALER"));
  host.turn();
  stream.taken();
  return { host, stream, listener };
}

test("test_heartbeats/test_heartbeat_timeout_router: a peer that answers no PING is disconnected", () => {
  const { host, stream, listener } = router({ heartbeatInterval: 50 });
  host.pass(50);
  assert.equal(stream.taken(), "04070450494e470000", "a PING without a time to live");
  host.pass(50);
  assert.equal(disconnects(host), 1);
  assert.equal(stream.over, "close");
  listener.close();
  host.checkOver(1);
});

test("test_heartbeats/test_heartbeat_timeout_router_mock_ping: a peer's PING is answered by its context", () => {
  const { host, stream, listener } = router({ heartbeatInterval: 50 });
  stream.arrive(PING_TTL_1S);
  host.turn();
  assert.equal(stream.taken(), "040804504f4e47616263");
  stream.arrive(PING);
  host.turn();
  assert.equal(stream.taken(), "040504504f4e47");
  listener.abort();
  host.checkOver(1);
});

const PAIRS: readonly (readonly [name: string, TypeName, TypeName])[] = [
  ["dealer_router", "DEALER", "ROUTER"],
  ["req_rep", "REQ", "REP"],
  ["pull_push", "PULL", "PUSH"],
  ["sub_pub", "SUB", "PUB"],
  ["pair_pair", "PAIR", "PAIR"],
];

describe("for every pair of types", () => {
  for (const [name, near, far] of PAIRS) {
    test(`test_heartbeats/test_heartbeat_ttl_${name}: a peer is given up when the time it gave itself is over`, () => {
      const line = new Line([near, far], { heartbeatInterval: 100, heartbeatTimeToLive: 500, heartbeatTimeout: 0 });
      line.pass(150);
      line.mute = true;
      line.pass(400);
      assert.equal(disconnects(line.far), 0, "the time to live began with the last PING, 50 ms before");
      line.pass(100);
      assert.equal(disconnects(line.far), 1);
      line.end();
    });

    test(`test_heartbeats/test_heartbeat_notimeout_${name}: peers that answer stay connected`, () => {
      const line = new Line(
        [near, far],
        { heartbeatInterval: 100 },
        { heartbeatInterval: 70, heartbeatTimeToLive: 200 },
      );
      line.pass(5000);
      assert.equal(disconnects(line.near) + disconnects(line.far), 0);
      assert.equal(line.near.told(), "connect, handshake");
      line.end();
    });
  }
});

describe("the option heartbeatTimeToLive", () => {
  const set = (value: number): number => {
    const store = new OptionStore("DEALER");
    store.set("heartbeatTimeToLive", value);
    return store.get("heartbeatTimeToLive");
  };

  test("test_heartbeats/test_setsockopt_heartbeat_ttl_max: takes up to 6553599 ms, in steps of 100", () => {
    assert.equal(set(6_553_599), 6_553_500);
  });

  test("test_heartbeats/test_setsockopt_heartbeat_ttl_more_than_max_fails: and no more", () => {
    assert.throws(() => set(6_553_600), { code: "EINVAL" });
  });

  test("test_heartbeats/test_setsockopt_heartbeat_ttl_near_zero: less than 100 ms is none", () => {
    assert.equal(set(99), 0);
  });

  test("arrives whole: libzmq keeps it in 16 bits of ms, so that 65.6 s become 64 ms", () => {
    const line = new Line(["DEALER", "ROUTER"], {
      heartbeatInterval: 100,
      heartbeatTimeToLive: 65_600,
      heartbeatTimeout: 0,
    });
    line.pass(110);
    line.mute = true;
    line.pass(1000);
    assert.equal(disconnects(line.far), 0);
    line.end();
  });
});

test("any traffic is a sign of life: a peer that only sends messages is not given up", () => {
  const { host, stream, listener } = router({ heartbeatInterval: 50, heartbeatTimeout: 60 });
  for (let count = 0; count < 20; count++) {
    stream.arrive(short("m"));
    host.pass(50);
  }
  assert.equal(stream.over, null);
  listener.abort();
  host.pipe.finish("unread");
  host.checkOver(1);
});

test("heartbeats stop with the connection and start with the next", () => {
  const host = new FakeHost();
  const transport = new MemoryTransport();
  const dialer = new Dialer(host, settings({ heartbeatInterval: 1000, reconnectInterval: 10 }), {
    transport,
    endpoint: "mem://x",
  });
  dialer.start();
  for (let count = 0; count < 3; count++) {
    const stream = transport.attempt.opens();
    stream.arrive(hello("ROUTER"));
    assert.equal(host.clock.waiting, 1, "one timer: the next PING");
    stream.vanish();
    assert.equal(host.clock.waiting, 1, "one timer: the next attempt");
    host.pass(10);
  }
  dialer.close();
  host.checkOver(1);
});
