import assert from "node:assert/strict";
import { test } from "node:test";
import { readByNumber, settingByNumber, type NumberedAs } from "../../src/options/by-number.ts";
import { ContextOptionStore } from "../../src/options/context-options.ts";
import { OptionStore, type Options, type TypeName } from "../../src/options/options.ts";

function write(store: OptionStore, id: number, as: NumberedAs, value: unknown): void {
  const setting = settingByNumber<Options>(store, id, as, value);
  assert.ok(setting !== undefined);
  store.set(setting.name, setting.value);
}

function written(type: TypeName, id: number, as: NumberedAs, value: unknown): OptionStore {
  const store = new OptionStore(type);
  write(store, id, as, value);
  return store;
}

test("4-byte options read as any 4-byte type", () => {
  const store = new OptionStore("DEALER");
  assert.equal(readByNumber(store, 17, "int32"), -1);
  assert.equal(readByNumber(store, 17, "uint32"), 4_294_967_295);
  assert.equal(readByNumber(store, 17, "bool"), true);
  assert.equal(readByNumber(store, 39, "int32"), 0);
  assert.equal(readByNumber(store, 39, "bool"), false);
  assert.equal(readByNumber(store, 43, "int32"), 0);
});

test("8-byte options read as either 8-byte type, text as text", () => {
  const store = written("DEALER", 5, "string", Uint8Array.of(0x61, 0, 0x62));
  assert.equal(readByNumber(store, 22, "int64"), -1);
  assert.equal(readByNumber(store, 4, "uint64"), 0);
  assert.equal(readByNumber(store, 5, "string"), "a\0b");
  assert.equal(readByNumber(store, 55, "string"), null);
});

test("a type of another size is EINVAL both ways", () => {
  const store = new OptionStore("DEALER");
  assert.throws(() => readByNumber(store, 17, "int64"), { code: "EINVAL" });
  assert.throws(() => readByNumber(store, 22, "int32"), { code: "EINVAL" });
  assert.throws(() => readByNumber(store, 17, "string"), { code: "EINVAL" });
  assert.throws(() => settingByNumber(store, 17, "int64", 5), { code: "EINVAL" });
  assert.throws(() => settingByNumber(store, 17, "string", "abcd"), { code: "EINVAL" });
});

test("numbers that are no option of the type are undefined", () => {
  const store = new OptionStore("DEALER");
  assert.equal(readByNumber(store, 4444, "bool"), undefined);
  assert.equal(readByNumber(store, 116, "int32"), undefined);
  assert.equal(settingByNumber(store, 33, "bool", true), undefined);
  assert.equal(settingByNumber(store, 40, "bool", true), undefined);
  assert.equal(settingByNumber(store, 43, "int32", 1), undefined);
});

test("what libzmq can only set reads as undefined", () => {
  assert.equal(readByNumber(new OptionStore("ROUTER"), 33, "bool"), undefined);
});

test("options of a direction are reachable by number without it, as in libzmq", () => {
  assert.equal(readByNumber(new OptionStore("SUB"), 28, "int32"), -1);
});

test("booleans and numbers convert as C does", () => {
  assert.equal(written("DEALER", 17, "bool", true).get("linger"), 1);
  assert.equal(written("DEALER", 39, "int32", 1).get("immediate"), true);
  assert.throws(() => written("DEALER", 39, "int32", 2), { code: "EINVAL" });
});

test("values of another JavaScript type are zeromq.js' TypeErrors", () => {
  const store = new OptionStore("DEALER");
  const message = (text: string): object => ({ name: "TypeError", message: text });
  assert.throws(() => settingByNumber(store, 39, "bool", 1), message("Option value must be a boolean"));
  assert.throws(() => settingByNumber(store, 17, "int32", "1"), message("Option value must be a number"));
  assert.throws(() => settingByNumber(store, 5, "string", 5), message("Option value must be a string or buffer"));
});

test("libzmq's two verbosity flags are one choice", () => {
  assert.equal(written("XPUB", 40, "bool", true).get("verbosity"), "allSubs");
  const store = written("XPUB", 78, "int32", 1);
  assert.equal(store.get("verbosity"), "allSubsUnsubs");
  write(store, 40, "bool", false);
  assert.equal(store.get("verbosity"), null);
});

test("metadata by number adds, and the first value of a name wins", () => {
  const store = written("DEALER", 95, "string", "X-A:1:2");
  write(store, 95, "string", "X-A:3");
  write(store, 95, "string", new TextEncoder().encode("X-B:"));
  assert.deepEqual(store.get("metadata"), { "X-A": "1:2", "X-B": "" });
  assert.throws(() => settingByNumber(store, 95, "string", "X-abcc"), { code: "EINVAL" });
  assert.throws(() => write(store, 95, "string", "a:bcc"), { code: "EINVAL" });
});

test("context option 3 reads the limit and writes the priority", () => {
  const store = new ContextOptionStore();
  assert.equal(readByNumber(store, 3, "int32"), 65_535);
  assert.deepEqual(settingByNumber(store, 3, "int32", 1), { name: "threadPriority", value: 1 });
});
