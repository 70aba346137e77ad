import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readByNumber, settingByNumber } from "../../src/options/by-number.ts";
import { OptionStore, type OptionName, type Options } from "../../src/options/options.ts";

const KEY = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const BYTES = Buffer.from("bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518", "hex");

/** A store with these options, set in this order. */
function store(...settings: readonly (readonly [OptionName, unknown])[]): OptionStore {
  const options = new OptionStore("DEALER");
  for (const [name, value] of settings) options.set(name, value);
  return options;
}

/** The mechanism in force, and the side of it. */
function chosen(options: OptionStore): string {
  const { securityMechanism, plainServer, curveServer } = options.snapshot();
  return `${securityMechanism ?? "null"}${plainServer || curveServer ? " server" : ""}`;
}

describe("libzmq: the security option set last decides the mechanism", () => {
  for (const [expected, ...settings] of [
    ["null"],
    ["plain server", ["plainServer", true]],
    ["null", ["plainServer", true], ["plainServer", false]],
    ["plain", ["plainUsername", "a"]],
    ["plain", ["plainPassword", "a"]],
    ["plain", ["plainServer", true], ["plainUsername", "a"]],
    ["plain server", ["plainUsername", "a"], ["plainServer", true]],
    ["null", ["plainUsername", "a"], ["plainUsername", null]],
    ["curve server", ["curveServer", true]],
    ["curve", ["curveSecretKey", KEY]],
    ["curve", ["curvePublicKey", KEY]],
    ["curve server", ["curveServer", true], ["curveSecretKey", KEY]],
    ["curve server", ["curveSecretKey", KEY], ["curveServer", true]],
    ["curve", ["curveServer", true], ["curveServerKey", KEY]],
    ["curve server", ["curveServerKey", KEY], ["curveServer", true]],
    ["plain server", ["curveServer", true], ["plainServer", true]],
    ["curve server", ["plainServer", true], ["curveServer", true]],
    ["curve", ["plainUsername", "a"], ["curveServerKey", KEY]],
    ["curve", ["curveServerKey", KEY], ["plainUsername", "a"], ["curveServerKey", KEY]],
  ] as const) {
    test(`${settings.map(([name, value]) => `${name} = ${String(value)}`).join(", ") || "nothing"}: ${expected}`, () => {
      assert.equal(chosen(store(...settings)), expected);
    });
  }
});

describe("unlike in libzmq, what asks for nothing does not take protection away", () => {
  for (const [expected, ...settings] of [
    ["curve server", ["curveServer", true], ["plainServer", false]],
    ["curve", ["curveServerKey", KEY], ["curveServer", false]],
    ["curve server", ["curveServer", true], ["plainUsername", null]],
    ["plain", ["plainUsername", "a"], ["plainServer", false]],
    ["plain", ["plainUsername", "a"], ["plainPassword", null]],
    ["plain server", ["plainServer", true], ["plainPassword", null]],
    ["plain server", ["plainServer", true], ["curveServer", false]],
  ] as const) {
    test(`${settings.map(([name, value]) => `${name} = ${String(value)}`).join(", ")}: ${expected}`, () => {
      assert.equal(chosen(store(...settings)), expected);
    });
  }
});

describe("curve keys", () => {
  const NAMES = ["curvePublicKey", "curveSecretKey", "curveServerKey"] as const;

  for (const [form, value] of [
    ["Z85", KEY],
    ["Z85 and the NUL of C", `${KEY}\0`],
    ["Z85 in bytes", Buffer.from(KEY)],
    ["32 bytes", BYTES],
    ["a Uint8Array", Uint8Array.from(BYTES)],
  ] as const) {
    test(`take ${form}, hold bytes and show Z85`, () => {
      for (const name of NAMES) {
        const options = store([name, value]);
        assert.deepEqual([...(options.get(name) ?? [])], [...BYTES]);
        assert.equal(options.shown(name), KEY);
      }
    });
  }

  for (const value of [
    "",
    null,
    "short",
    "a".repeat(32),
    "~".repeat(40),
    "#".repeat(40),
    `${KEY}x`,
    BYTES.subarray(1),
  ]) {
    test(`refuse ${value === null ? "null" : value instanceof Uint8Array ? "31 bytes" : JSON.stringify(value)}`, () => {
      for (const name of NAMES) assert.throws(() => store([name, value]), { code: "EINVAL", errno: 22 });
    });
  }

  test("refuse what is neither text nor bytes", () => {
    assert.throws(() => store(["curvePublicKey", 5]), {
      name: "TypeError",
      message: "Option value must be a string or buffer: curvePublicKey was given number",
    });
  });

  test("are copied", () => {
    const given = Uint8Array.from(BYTES);
    const options = store(["curvePublicKey", given]);
    given.fill(0);
    assert.equal(options.shown("curvePublicKey"), KEY);
  });

  test("are not told in errors", () => {
    for (const value of [`${KEY.slice(0, 39)}~`, `${KEY}~~`]) {
      assert.throws(
        () => store(["curveSecretKey", value]),
        (error) => error instanceof Error && !error.message.includes(KEY.slice(0, 8)),
      );
    }
  });

  test("can be read only while CURVE is in force, as in libzmq and zeromq.js", () => {
    assert.throws(() => store().get("curvePublicKey"), { code: "EINVAL" });
    const options = store(["curvePublicKey", KEY]);
    assert.equal(options.get("curveSecretKey"), null);
    options.set("plainServer", true);
    assert.throws(() => options.shown("curvePublicKey"), { code: "EINVAL" });
    options.set("curveServer", true);
    assert.equal(options.shown("curvePublicKey"), KEY);
  });

  test("are reached by number as text, and as nothing else", () => {
    const options = store(["curvePublicKey", KEY]);
    assert.equal(readByNumber<Options>(options, 48, "string"), KEY);
    assert.throws(() => readByNumber<Options>(options, 48, "int32"), { code: "EINVAL" });
    assert.throws(() => settingByNumber<Options>(options, 48, "int32", 1), { code: "EINVAL" });
    assert.deepEqual(settingByNumber<Options>(options, 50, "string", KEY), { name: "curveServerKey", value: KEY });
    assert.throws(() => readByNumber<Options>(store(), 49, "string"), { code: "EINVAL" });
  });
});

test("securityMechanism is read-only, and libzmq's number by number", () => {
  const options = store();
  assert.throws(() => options.set("securityMechanism", "plain"), { code: "EINVAL" });
  assert.equal(readByNumber<Options>(options, 43, "int32"), 0);
  assert.equal(readByNumber<Options>(store(["plainServer", true]), 43, "int32"), 1);
  assert.equal(readByNumber<Options>(store(["curveServer", true]), 43, "int32"), 2);
  assert.equal(settingByNumber<Options>(options, 43, "int32", 1), undefined);
});

test("names, passwords and domains have 1 to 255 bytes", () => {
  for (const name of ["plainUsername", "plainPassword"] as const) {
    assert.throws(() => store([name, ""]), { code: "EINVAL" });
    assert.throws(() => store([name, "é".repeat(128)]), { code: "EINVAL" });
    assert.equal(store([name, "x".repeat(255)]).get(name)?.length, 255);
  }
  assert.throws(() => store(["zapDomain", "x".repeat(256)]), { code: "EINVAL" });
  assert.equal(store(["zapDomain", "x".repeat(255)], ["zapDomain", ""]).get("zapDomain"), null);
});

test("setting a key again is a change when it brings CURVE back", () => {
  const options = store(["curveSecretKey", KEY]);
  assert.equal(options.set("curveSecretKey", KEY), false);
  options.set("plainServer", true);
  assert.equal(options.set("curveSecretKey", KEY), true);
  assert.equal(chosen(options), "curve");
});
