import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as zmq from "../../src/index.ts";
import { propertiesOf } from "../../src/options/options.ts";
import type { OptionRow } from "../../src/options/row.ts";
import { OPTIONS } from "../../src/options/table.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import { create } from "../conformance/dialog.ts";
import { meet } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { zmqError } from "../support/zmq-error.ts";

/** Reaches options by libzmq's numbers, as zeromq.js documents it for subclasses. */
class Numbered extends zmq.Router {
  int32(option: number, value?: number): number {
    if (value !== undefined) this.setInt32Option(option, value);
    return this.getInt32Option(option);
  }
  bool(option: number, value?: boolean): boolean {
    if (value !== undefined) this.setBoolOption(option, value);
    return this.getBoolOption(option);
  }
  string(option: number, value?: string | null): string | null {
    if (value !== undefined) this.setStringOption(option, value);
    return this.getStringOption(option);
  }
  uint64(option: number): number {
    return this.getUint64Option(option);
  }
}

for (const type of SOCKETS) {
  test(`${type.name} has an accessor for each of its options and for no other`, (t) => {
    const socket = sockets(t)(create(type)) as unknown as Record<string, unknown>;
    const properties = propertiesOf(type.name);
    for (const [property, name] of properties) {
      const row: OptionRow = OPTIONS[name];
      assert.ok(property in socket, property);
      if (row.access === "r") assert.throws(() => (socket[property] = 1), /only a getter/, property);
    }
    for (const [name, row] of Object.entries<OptionRow>(OPTIONS)) {
      const property = row.property ?? name;
      if (!properties.has(property)) assert.equal(property in socket, false, `${type.name}.${property}`);
    }
  });
}

for (const option of ["sendBufferSize", "receiveBufferSize"] as const) {
  const name = option === "sendBufferSize" ? "send" : "recv";
  test(`test_setsockopt/test_setsockopt_tcp_${name}_buffer: is kept and read back, before and after bind`, async (t) => {
    const use = sockets(t);
    const router = use(new zmq.Router());
    const options = router as { [name in typeof option]: number };
    assert.equal(options[option], -1);
    options[option] = 16_384;
    assert.equal(options[option], 16_384);
    await meet(router, use(new zmq.Dealer({ [option]: 8192 })), "tcp");
    assert.throws(() => (options[option] = -2), zmqError("EINVAL", option, "-1"));
    assert.equal(options[option], 16_384);
  });
}

test("test_getsockopt_memset/test_getsockopt_memset: reading an option by number gives its value alone", (t) => {
  const router = sockets(t)(new Numbered());
  assert.equal(router.int32(16), 6);
  assert.equal(router.int32(17, 100), 100);
  assert.equal(router.linger, 100);
  assert.equal(router.bool(42), false);
  assert.equal(router.uint64(4), 0);
  assert.equal(router.string(5, "me"), "me");
  assert.equal(router.routingId, "me");
  assert.equal(router.string(32), null);
  router.bindSync("inproc://by-number");
  assert.equal(router.string(32), "inproc://by-number");
  assert.equal(router.int32(15), 2);
});

test("options by number: an unknown number, a wrong kind and a wrong value are EINVAL or a TypeError", (t) => {
  const router = sockets(t)(new Numbered());
  assert.throws(() => router.int32(9999), zmqError("EINVAL", "9999"));
  assert.throws(() => router.int32(9999, 1), zmqError("EINVAL", "9999"));
  assert.throws(() => router.string(17), zmqError("EINVAL", "linger"));
  assert.throws(() => router.int32(17, "1" as unknown as number), /Option value must be a number/);
  assert.throws(() => router.bool(42, 1 as unknown as boolean), /Option value must be a boolean/);
});

describe("options by property", () => {
  test("zeromq.js A3: write-only ones read as undefined or as set, and defaults are libzmq's", (t) => {
    const use = sockets(t);
    const dealer = use(new zmq.Dealer());
    assert.equal(dealer.linger, -1);
    assert.equal(dealer.sendHighWaterMark, 1000);
    assert.equal(dealer.receiveHighWaterMark, 1000);
    assert.equal(dealer.reconnectInterval, 100);
    assert.equal(dealer.handshakeInterval, 30_000);
    assert.equal(dealer.maxMessageSize, -1);
    assert.equal(dealer.securityMechanism, null);
    assert.equal(dealer.routingId, null);
    assert.equal(use(new zmq.Subscriber()).linger, 0);
    assert.equal(use(new zmq.XSubscriber()).linger, 0);
  });

  test("a value of the wrong type is a TypeError, one out of range EINVAL; both name the option", (t) => {
    const dealer = sockets(t)(new zmq.Dealer());
    assert.throws(() => (dealer.linger = "1" as unknown as number), { name: "TypeError", message: /linger/ });
    assert.throws(() => (dealer.linger = -2), zmqError("EINVAL", "linger", "-2"));
    assert.throws(() => (dealer.routingId = ""), zmqError("EINVAL", "routingId", "1 to 255"));
    assert.throws(() => (dealer.routingId = "x".repeat(256)), zmqError("EINVAL", "routingId", "256"));
    assert.throws(() => (dealer.immediate = 1 as unknown as boolean), { name: "TypeError", message: /immediate/ });
    assert.equal(dealer.linger, -1);
    assert.equal(dealer.immediate, false);
  });

  test("a constructor's options are set; a wrong one throws, and one that does not exist too", () => {
    const push = new zmq.Push({ linger: 5, sendTimeout: 7 });
    assert.deepEqual([push.linger, push.sendTimeout], [5, 7]);
    push.close();
    assert.throws(() => new zmq.Push({ linger: -9 }), zmqError("EINVAL", "linger"));
    assert.throws(
      () => new zmq.Push({ nonsense: 1 } as object),
      /Cannot add property nonsense, object is not extensible/,
    );
  });

  test("zeromq.js 0.3: sockets are sealed, and read-only options say so in V8's words", (t) => {
    const dealer = sockets(t)(new zmq.Dealer()) as unknown as Record<string, unknown>;
    assert.ok(Object.isSealed(dealer));
    assert.throws(() => (dealer["doesNotExist"] = 1), {
      name: "TypeError",
      message: "Cannot add property doesNotExist, object is not extensible",
    });
    assert.throws(
      () => (dealer["securityMechanism"] = 1),
      /Cannot set property securityMechanism of #<\w+> which has only a getter/,
    );
  });

  test("what cannot be honoured and must not be ignored is refused, with the reason", (t) => {
    const dealer = sockets(t)(new zmq.Dealer());
    assert.throws(() => (dealer.gssapiServer = true), zmqError("EINVAL", "gssapiServer"));
    assert.throws(() => (dealer.ipcFilterUid = 1000), zmqError("ENOTSUP", "ipcFilterUid"));
    dealer.gssapiServer = false;
  });

  test("an option for the next connect or bind warns when there are endpoints already; a live one does not", async (t) => {
    const dealer = sockets(t)(new zmq.Dealer());
    const warnings: string[] = [];
    const heard = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", heard);
    t.after(() => process.off("warning", heard));
    dealer.reconnectInterval = 50;
    bound(dealer, "tcp");
    dealer.linger = 1;
    dealer.sendHighWaterMark = 1;
    dealer.sendTimeout = 1;
    dealer.reconnectInterval = 60;
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, ["Socket option will not take effect until next connect/bind."]);
  });
});

describe("new Socket(type)", () => {
  test("makes a socket of libzmq's number, whose options are reached by number", () => {
    for (const type of SOCKETS) {
      const socket = new zmq.Socket(type.number);
      assert.equal(socket.type, type.number);
      socket.close();
    }
  });

  test("refuses what is no socket type, and options that are no object", () => {
    const of = (type: unknown, options?: unknown) => () => new zmq.Socket(type as number, options as object);
    assert.throws(of("PUSH"), { name: "TypeError", message: "Socket type must be a number" });
    assert.throws(of(undefined), { name: "TypeError", message: "Socket type must be a number" });
    assert.throws(of(99), zmqError("EINVAL", "99"));
    assert.throws(of(8, 1), { name: "TypeError", message: "Options must be an object" });
    assert.throws(of(8, { context: {} }), zmqError("EINVAL", "context"));
  });

  test("zeromq.js A1: the caller's options lose their context and keep the rest", () => {
    const options = { linger: 3, context: new zmq.Context() };
    const { context } = options;
    const push = new zmq.Push(options);
    assert.equal(push.context, context);
    assert.deepEqual(options, { linger: 3 });
    push.close();
  });

  test("zeromq.js 0.4: a class is not called without new", () => {
    const call = zmq.Dealer as unknown as () => void; // what an untyped program may do
    assert.throws(() => call(), { name: "TypeError", message: /cannot be invoked without 'new'/ });
  });
});
