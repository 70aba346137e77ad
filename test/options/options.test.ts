import assert from "node:assert/strict";
import { test } from "node:test";
import { OptionStore, propertiesOf, type InitialOptions, type OptionsOf } from "../../src/options/options.ts";
import { OPTIONS, type OptionName } from "../../src/options/table.ts";

const code = (expected: string): ((error: unknown) => boolean) => {
  return (error) => error instanceof Error && (error as { code?: unknown }).code === expected;
};

test("a new store has libzmq's defaults", () => {
  const options = new OptionStore("DEALER");
  assert.equal(options.get("linger"), -1);
  assert.equal(options.get("sendHighWaterMark"), 1000);
  assert.equal(options.get("handshakeInterval"), 30_000);
  assert.equal(options.get("maxMessageSize"), -1);
  assert.equal(options.get("routingId"), null);
  assert.equal(options.get("securityMechanism"), null);
});

test("subscribers have linger 0 by default", () => {
  assert.equal(new OptionStore("SUB").get("linger"), 0);
  assert.equal(new OptionStore("XSUB").get("linger"), 0);
  assert.equal(new OptionStore("PUB").get("linger"), -1);
});

test("a context's defaults come before the table's, and leave other stores alone", () => {
  assert.equal(new OptionStore("DEALER", { linger: 0, ipv6: true }).get("linger"), 0);
  assert.equal(new OptionStore("DEALER").get("linger"), -1);
});

test("set says whether anything changed", () => {
  const options = new OptionStore("DEALER");
  assert.equal(options.set("linger", 5), true);
  assert.equal(options.set("linger", 5), false);
  assert.equal(options.set("routingId", "a"), true);
  assert.equal(options.set("routingId", new Uint8Array([97])), false);
});

test("a snapshot is frozen, and the same until something changes", () => {
  const options = new OptionStore("PUSH");
  const before = options.snapshot();
  options.set("linger", -1);
  assert.equal(options.snapshot(), before);
  options.set("linger", 7);
  assert.equal(before.linger, -1);
  assert.equal(options.snapshot().linger, 7);
  assert.ok(Object.isFrozen(options.snapshot()));
  assert.equal(new OptionStore("PUSH").snapshot(), before);
});

for (const [name, value, text] of [
  ["linger", "5", 'Option value must be a number: linger was given "5"'],
  ["linger", undefined, "Option value must be a number: linger was given undefined"],
  ["immediate", 1, "Option value must be a boolean: immediate was given number"],
  ["routingId", 1, "Option value must be a string or buffer: routingId was given number"],
  ["tcpAcceptFilter", {}, "Option value must be a string or buffer: tcpAcceptFilter was given object"],
  ["verbosity", "some", 'Option value must be null or one of allSubs, allSubsUnsubs: verbosity was given "some"'],
  ["metadata", null, "Option value must be an object of strings: metadata was given null"],
  ["metadata", { "X-a": 1 }, "Option value must be an object of strings: metadata was given number"],
  ["routerNotify", "x", 'Option value must be a number: notify was given "x"'],
] as const) {
  test(`${name} = ${JSON.stringify(value)} is a TypeError that names the option`, () => {
    assert.throws(() => new OptionStore("ROUTER").set(name, value), { name: "TypeError", message: text });
  });
}

for (const [name, value, text] of [
  ["linger", -2, "linger takes -1 to 2147483647 ms, not -2"],
  ["linger", 2 ** 31, "linger takes -1 to 2147483647 ms, not 2147483648"],
  ["linger", NaN, "linger takes -1 to 2147483647 ms, not NaN"],
  ["receiveTimeout", Infinity, "receiveTimeout takes -1 to 2147483647 ms, not Infinity"],
  ["maxMessageSize", -Infinity, "maxMessageSize takes numbers from -9223372036854776000 bytes, not -Infinity"],
  ["affinity", -1, "affinity takes numbers from 0 bits, not -1"],
  ["sendHighWaterMark", -1, "sendHighWaterMark takes 0 to 2147483647 messages, not -1"],
  ["tcpKeepalive", 2, "tcpKeepalive takes -1 to 1, not 2"],
  ["heartbeatTimeToLive", 6_553_600, "heartbeatTimeToLive takes 0 to 6553599 ms, not 6553600"],
  ["routingId", "", "routingId takes 1 to 255 bytes, not 0"],
  ["routingId", "é".repeat(128), "routingId takes 1 to 255 bytes, not 256"],
  ["interface", "a".repeat(17), "interface takes 0 to 16 bytes, not 17"],
  ["curveServerKey", "short", "curveServerKey takes 40 characters of Z85 or 32 bytes, not 5"],
  ["tcpAcceptFilter", "x", 'tcpAcceptFilter does not take "x"'],
  ["metadata", { App: "a" }, 'metadata takes names of "X-" and letters, digits, - _ . +, not "App"'],
  ["threadSafe", true, "threadSafe is read-only"],
] as const) {
  test(`${name} = ${JSON.stringify(value)} is EINVAL and says what is allowed`, () => {
    const message = `Invalid argument: ${text}`;
    assert.throws(() => new OptionStore("ROUTER").set(name, value), { code: "EINVAL", errno: 22, message });
  });
}

test("fractions are cut off, as in zeromq.js", () => {
  const options = new OptionStore("DEALER");
  options.set("linger", 1.9);
  assert.equal(options.get("linger"), 1);
  options.set("linger", -0.5);
  assert.ok(Object.is(options.get("linger"), 0));
});

test("heartbeatTimeToLive is rounded down to 100 ms", () => {
  const options = new OptionStore("DEALER");
  options.set("heartbeatTimeToLive", 1234);
  assert.equal(options.get("heartbeatTimeToLive"), 1200);
});

test("binary options are copied, held as bytes and shown as text", () => {
  const options = new OptionStore("DEALER");
  const id = Uint8Array.of(0x61, 0x62);
  options.set("routingId", id);
  id[0] = 0;
  assert.deepEqual([...(options.get("routingId") ?? [])], [0x61, 0x62]);
  assert.equal(options.shown("routingId"), "ab");
  options.set("routingId", null);
  assert.equal(options.shown("routingId"), null);
});

test("text options take bytes, and an empty text is none", () => {
  const options = new OptionStore("XPUB");
  options.set("tcpAcceptFilter", new TextEncoder().encode("127.0.0.1"));
  assert.equal(options.get("tcpAcceptFilter"), "127.0.0.1");
  options.set("welcomeMessage", "hi");
  options.set("welcomeMessage", "");
  assert.equal(options.get("welcomeMessage"), null);
});

test("accept filters add up until they are cleared", () => {
  const options = new OptionStore("PULL");
  options.set("tcpAcceptFilter", "10.0.0.0/8");
  options.set("tcpAcceptFilter", "::1");
  assert.equal(options.get("tcpAcceptFilter"), "10.0.0.0/8,::1");
  options.set("tcpAcceptFilter", "");
  assert.equal(options.get("tcpAcceptFilter"), null);
});

test("metadata is copied and frozen", () => {
  const options = new OptionStore("DEALER");
  const given = { "X-App": "a" };
  options.set("metadata", given);
  given["X-App"] = "b";
  assert.deepEqual(options.get("metadata"), { "X-App": "a" });
  assert.ok(Object.isFrozen(options.get("metadata")));
});

test("vmci options are EINVAL, as in zeromq.js", () => {
  assert.throws(() => new OptionStore("DEALER").set("vmciBufferSize", 1), code("EINVAL"));
});

test("options without effect are kept", () => {
  const options = new OptionStore("DEALER");
  options.set("affinity", 3);
  assert.equal(options.get("affinity"), 3);
});

test("state can be provided for read-only options", () => {
  const options = new OptionStore("SUB");
  let topics = 1;
  options.provide("topicsCount", () => topics);
  topics = 2;
  assert.equal(options.get("topicsCount"), 2);
  assert.equal(options.shown("topicsCount"), 2);
});

test("ROUTER and STREAM have different options named notify", () => {
  assert.equal(propertiesOf("ROUTER").get("notify"), "routerNotify");
  assert.equal(propertiesOf("STREAM").get("notify"), "notify");
  assert.equal(propertiesOf("DEALER").has("notify"), false);
});

test("a socket has the options of its type and directions", () => {
  assert.ok(propertiesOf("PULL").has("receiveTimeout"));
  assert.ok(!propertiesOf("PULL").has("sendTimeout"));
  assert.ok(!propertiesOf("PUB").has("receiveHighWaterMark"));
  assert.ok(propertiesOf("SUB").has("sendHighWaterMark"));
  const options = new OptionStore("PULL");
  assert.ok(options.has("linger"));
  assert.ok(!options.has("mandatory"));
  assert.ok(!options.has("no such option"));
});

test("every default is a value that its own row takes", () => {
  for (const [name, row] of Object.entries(OPTIONS)) {
    if (row.access === "r" || row.type === "key") continue; // a key can't be taken back
    assert.equal(
      new OptionStore("DEALER").set(name as OptionName, row.default) && row.type !== "metadata",
      false,
      name,
    );
  }
});

test("an option that the table does not have is EINVAL", () => {
  assert.throws(() => new OptionStore("DEALER").set("nonsense" as OptionName, 1), code("EINVAL"));
});

test("libzmq's numbers are used once each", () => {
  const numbers = Object.values(OPTIONS).flatMap((row) => (row.number === null ? [] : [row.number]));
  assert.deepEqual(
    numbers.filter((number, at) => numbers.indexOf(number) !== at),
    [],
  );
});

test("the types follow the table", () => {
  const push: Pick<OptionsOf<"PUSH">, "linger" | "sendTimeout" | "conflate" | "threadSafe"> = {
    linger: 0,
    sendTimeout: 1,
    conflate: false,
    threadSafe: false,
  };
  push.linger = 2;
  // @ts-expect-error read-only
  push.threadSafe = true;
  // @ts-expect-error a PUSH has no receiving side
  const missing: keyof OptionsOf<"PUSH"> = "receiveTimeout";
  const router: Pick<OptionsOf<"ROUTER">, "notify"> = { notify: 3 };
  const stream: Pick<OptionsOf<"STREAM">, "notify"> = { notify: true };
  const dealer: InitialOptions<"DEALER"> = { routingId: Uint8Array.of(1), metadata: { "X-A": "b" } };
  const verbosity: OptionsOf<"XPUB">["verbosity"] = "allSubs";
  assert.ok([missing, router, stream, dealer, verbosity].every((value) => value !== undefined));
});
