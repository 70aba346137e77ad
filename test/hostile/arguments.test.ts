import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as zmq from "../../src/index.ts";
import { hasRow, type OptionRow } from "../../src/options/row.ts";
import { OPTIONS } from "../../src/options/table.ts";
import { propertiesOf } from "../../src/options/options.ts";
import type { Datagram, Dish, Radio, Server } from "../../src/draft.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { make, TYPES } from "./victim.ts";

/** Calls with things no type allows, and what the error must name. */
type Call = readonly [name: string, call: (socket: never) => unknown, names: RegExp];

const NOT_TEXT = [undefined, null, 5, {}, [], true, Symbol("x"), () => undefined];
const NOT_OPTIONS = [5, "x", true, null];
const NOT_TIMEOUTS = ["5", NaN, -2, {}, null];
const NOT_SIGNALS = [5, "x", {}, null];

/** The same call with each bad value. */
function each(
  name: string,
  values: readonly unknown[],
  names: RegExp,
  call: (socket: never, value: never) => unknown,
): Call[] {
  return values.map((value) => [`${name}: ${shown(value)}`, (socket) => call(socket, value as never), names]);
}

function shown(value: unknown): string {
  return typeof value === "symbol" || typeof value === "function"
    ? String(value)
    : (JSON.stringify(value) ?? "undefined");
}

function waits(name: string, call: (socket: never, options: never) => unknown): Call[] {
  return [
    ...each(`${name} options`, NOT_OPTIONS, /Options/, call),
    ...each(`${name} timeout`, NOT_TIMEOUTS, /timeout/, (socket, timeout) => call(socket, { timeout } as never)),
    ...each(`${name} signal`, NOT_SIGNALS, /signal/, (socket, signal) => call(socket, { signal } as never)),
  ];
}

/** What all sockets have. */
const ON_ALL: readonly Call[] = [
  ...(["bind", "bindSync", "unbind", "unbindSync", "connect", "disconnect"] as const).flatMap((method) =>
    each(method, NOT_TEXT, /Address/, (socket: zmq.Socket, value) => socket[method](value)),
  ),
  ...waits("drain", (socket: zmq.Socket, options) => socket.drain(options)),
  ...waits("ready", (socket: zmq.Socket, options) => socket.ready(options)),
  ...each("ready peers", ["1", -1, NaN, {}], /peers/, (socket: zmq.Socket, peers) => socket.ready({ peers })),
  ...waits("events.receive", (socket: zmq.Socket, options) => socket.events.receive(options)),
  ...each("events.on type", [5, null, undefined], /type/, (socket: zmq.Socket, type) =>
    socket.events.on(type, () => undefined),
  ),
  ...each("events.on listener", [5, null, undefined, {}], /Listener/, (socket: zmq.Socket, listener) =>
    socket.events.on("accept", listener),
  ),
];

const ON_SENDING: readonly Call[] = [
  ["send nothing", (socket: zmq.Push) => socket.send(undefined as never), /Message/],
  ["trySend nothing", (socket: zmq.Push) => socket.trySend(undefined as never), /Message/],
];

/** What `send` takes beside a message; some types have to be told whom it is for. */
function optionsOfSend(type: TypeName): readonly Call[] {
  const to = { RADIO: { group: "g" }, SERVER: { routingId: 1 }, PEER: { routingId: 1 } }[type as string];
  return waits("send", (socket: zmq.Push, options: unknown) => {
    const given = typeof options === "object" && options !== null ? { ...to, ...options } : options;
    return socket.send("x", given as zmq.WaitOptions);
  });
}

const ON_RECEIVING: readonly Call[] = [
  ...waits("receive", (socket: zmq.Pull, options) => socket.receive(options)),
  ...waits("receiveWithMetadata", (socket: zmq.Pull, options) => socket.receiveWithMetadata(options)),
  ...waits("messages", (socket: zmq.Pull, options) => socket.messages(options)),
  ...waits("batches", (socket: zmq.Pull, options) => socket.batches(options)),
  ...each("onMessage", [undefined, null, 5, {}], /Handler/, (socket: zmq.Pull, handler) => socket.onMessage(handler)),
];

const NOT_TOPICS = [5, null, {}, true];

const ON_TYPE: { readonly [type: string]: readonly Call[] } = {
  SUB: [
    ...each("subscribe", NOT_TOPICS, /Topic/, (socket: zmq.Subscriber, topic) => socket.subscribe("good", topic)),
    ...each("unsubscribe", NOT_TOPICS, /Topic/, (socket: zmq.Subscriber, topic) => socket.unsubscribe(topic)),
  ],
  XPUB: each("subscribe", NOT_TOPICS, /Topic/, (socket: zmq.XPublisher, topic) => {
    socket.manual = true;
    socket.subscribe(topic);
  }),
  PUB: [
    ...each("ready subscribers", ["1", -1, NaN], /subscribers/, (socket: zmq.Publisher, subscribers) =>
      socket.ready({ subscribers }),
    ),
    ...each("ready topic", NOT_TOPICS.slice(2), /Topic/, (socket: zmq.Publisher, topic) =>
      socket.ready({ subscribers: 1, topic }),
    ),
  ],
  DISH: [
    ...each("join", [5, null, {}, true], /group/, (socket: Dish, group) => socket.join("good", group)),
    ...each("leave", [5, null, {}, true], /group/, (socket: Dish, group) => socket.leave(group)),
  ],
  RADIO: each("send to", [5, null, {}, undefined, "x".repeat(256)], /group/, (socket: Radio, group) =>
    socket.send("x", { group }),
  ),
  SERVER: [
    ...each("send to", ["5", null, {}, 0, -1, 1.5, NaN], /routingId|routing id/, (socket: Server, routingId) =>
      socket.send("x", { routingId }),
    ),
    ...each("disconnectPeer", ["5", null, {}, 0, -1], /routingId|routing id/, (socket: Server, routingId) =>
      socket.disconnectPeer(routingId),
    ),
  ],
  ROUTER: [
    ...each("connect options", NOT_OPTIONS, /Options/, (socket: zmq.Router, options) =>
      socket.connect("tcp://127.0.0.1:1", options),
    ),
    ...each("connect routingId", [5, null, {}, []], /routingId/, (socket: zmq.Router, routingId) =>
      socket.connect("tcp://127.0.0.1:1", { routingId }),
    ),
    ...each("connect routingId", ["", "x".repeat(256)], /routing id/, (socket: zmq.Router, routingId) =>
      socket.connect("tcp://127.0.0.1:1", { routingId }),
    ),
  ],
};

/** Thrown at once, whether or not the call gives a promise. */
function throwsAtOnce(socket: zmq.Socket, [name, call, names]: Call): void {
  assert.throws(() => call(socket as never), checked(name, names), name);
}

function checked(name: string, names: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(
      error instanceof TypeError || (error instanceof zmq.ZmqError && error.code === "EINVAL"),
      `${name}: ${String(error)}`,
    );
    assert.match(error.message, names, name);
    return true;
  };
}

describe("a bad argument throws at once, and the error names it", () => {
  for (const type of TYPES) {
    test(`at a ${type}`, () => {
      const socket = make(type);
      try {
        for (const call of ON_ALL) throwsAtOnce(socket, call);
        if ("send" in socket) for (const call of [...ON_SENDING, ...optionsOfSend(type)]) throwsAtOnce(socket, call);
        if ("receive" in socket) for (const call of ON_RECEIVING) throwsAtOnce(socket, call);
        for (const call of ON_TYPE[type] ?? []) throwsAtOnce(socket, call);
        assert.deepEqual(socket.peers(), [], "and none of them had an effect");
        assert.equal((socket as zmq.Subscriber).topicsCount ?? 0, 0);
      } finally {
        socket.close();
      }
    });
  }
});

/** Connecting checks no more of these than libzmq does; each attempt then fails. */
const LENIENT = new Set(["tcp://127.0.0.1:65536", "tcp://:1"]);

test("an endpoint that can't be read is EINVAL or EPROTONOSUPPORT, and named", async () => {
  const socket = make("PUSH");
  const bad = [
    "",
    "tcp",
    "tcp:",
    "tcp://",
    "://x",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:x",
    "tcp://127.0.0.1:65536",
    "tcp://:1",
  ];
  try {
    for (const endpoint of [...bad, "http://127.0.0.1:80", "TCP://127.0.0.1:80", "ipc://", "inproc://"]) {
      const named = (error: unknown): true => {
        assert.ok(error instanceof zmq.ZmqError, `${endpoint}: ${String(error)}`);
        assert.ok(["EINVAL", "EPROTONOSUPPORT"].includes(error.code), `${endpoint}: ${error.message}`);
        assert.ok(error.message.includes(endpoint), error.message);
        return true;
      };
      if (!LENIENT.has(endpoint)) assert.throws(() => socket.connect(endpoint), named, `connect ${endpoint}`);
      assert.throws(() => socket.bindSync(endpoint), named, `bindSync ${endpoint}`);
      await assert.rejects(async () => socket.bind(endpoint), named, `bind ${endpoint}`);
    }
    assert.deepEqual(socket.peers(), []);
  } finally {
    socket.close();
  }
});

/** What a property says, be it that it can't be read now. */
function valueOf(socket: zmq.Socket, property: string): unknown {
  try {
    return (socket as unknown as Record<string, unknown>)[property];
  } catch (error) {
    return String(error);
  }
}

test("texts that are long are taken or refused at once: no pattern goes back and forth over them", async () => {
  const socket = make("PUSH");
  const datagram = make("DGRAM") as Datagram;
  const long = ["1.", "1", ":", "[", "[:", "a.", "a:1;", "%", "-", "0x", "://", "tcp://", "fe80::"].flatMap((piece) =>
    ["", "]:1", ":1", "\0", "!"].map((end) => piece.repeat(20_000) + end),
  );
  const began = performance.now();
  try {
    const schemes = ["tcp", "ipc", "inproc", "udp"];
    for (const address of long.flatMap((text) => [...schemes, text].map((scheme) => `${scheme}://${text}`))) {
      for (const call of ["bindSync", "connect", "disconnect"] as const) attempt(() => socket[call](address));
      attempt(() => datagram.bindSync(address));
    }
    for (const text of long) {
      for (const name of ["socksProxy", "interface", "zapDomain", "curveServerKey"]) {
        attempt(() => Object.assign(socket, { [name]: text }));
      }
      await assert.rejects(async () => datagram.send([text, "hello"]));
    }
    const time = performance.now() - began;
    assert.ok(time < 5000, `${time} ms`);
  } finally {
    socket.close();
    datagram.close();
  }
});

/** Whatever becomes of it. */
function attempt(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof Error);
  }
}

/** Values that a row must refuse. */
function badValues(row: OptionRow): unknown[] {
  switch (row.type) {
    case "boolean":
      return [0, "true", null, undefined, {}];
    case "string":
    case "bytes":
      return [5, true, {}, undefined, ...(row.max === undefined ? [] : ["x".repeat(row.max + 1)])];
    case "choice":
      return ["nonsense", 5, {}];
    case "metadata":
      return [5, "x", null, { X: 5 }, { "": "x" }];
    default: {
      const outside = [
        ...(row.min === undefined ? [] : [row.min - 1]),
        ...(row.max === undefined ? [] : [row.max + 1]),
      ];
      return ["5", null, undefined, {}, NaN, Infinity, -Infinity, ...outside];
    }
  }
}

describe("test_socket_options_fuzzer: a bad value for an option throws at once, names it, and changes nothing", () => {
  for (const type of TYPES) {
    test(`at a ${type}`, () => {
      const socket = make(type);
      try {
        for (const [property, name] of propertiesOf(type)) {
          const row: OptionRow = OPTIONS[name];
          assert.ok(hasRow(row, type));
          if (row.access === "r") continue;
          const before = valueOf(socket, property);
          for (const value of badValues(row)) {
            const set = (): unknown => Object.assign(socket, { [property]: value });
            assert.throws(
              set,
              checked(`${property} = ${shown(value)}`, new RegExp(property)),
              `${property} = ${shown(value)}`,
            );
            assert.deepEqual(valueOf(socket, property), before);
          }
        }
      } finally {
        socket.close();
      }
    });
  }
});

test("constructors refuse what is no options object, and options that the type does not have", () => {
  for (const options of [5, "x", null, true]) assert.throws(() => new zmq.Push(options as never), /Options/);
  assert.throws(() => new zmq.Push({ nonsense: 1 } as never), /nonsense/);
  assert.throws(() => new zmq.Push({ linger: "x" } as never), /linger/);
  assert.throws(() => new zmq.Push({ context: 5 } as never), /context/);
  assert.throws(() => new zmq.Push({ context: null } as never), /context/);
  assert.throws(() => new zmq.Context({ nonsense: 1 } as never), /nonsense/);
  assert.throws(() => new zmq.Context(5 as never), /Options/);
});

test("a signal that was aborted before makes the promise fail, not the call", async () => {
  const signal = AbortSignal.abort(new Error("before"));
  const socket = make("DEALER") as zmq.Dealer;
  try {
    const calls = [
      () => socket.send("x", { signal }),
      () => socket.receive({ signal }),
      () => socket.receiveWithMetadata({ signal }),
      () => socket.ready({ signal }),
      () => socket.events.receive({ signal }),
    ];
    for (const call of calls) await assert.rejects(call(), /before/);
  } finally {
    socket.close();
  }
});
