import assert from "node:assert/strict";
import { test } from "node:test";
import { readByNumber, settingByNumber, type NumberedAs } from "../../src/options/by-number.ts";
import { CONTEXT_OPTIONS, ContextOptionStore } from "../../src/options/context-options.ts";
import { NUMBERS, numberName } from "../../src/options/numbers.ts";
import { OptionStore, type TypeName } from "../../src/options/options.ts";
import { hasRow, type OptionRow } from "../../src/options/row.ts";
import { SOCKET_TYPES } from "../../src/options/socket-types.ts";
import { OPTIONS, type OptionName } from "../../src/options/table.ts";

const rows = Object.entries<OptionRow>(OPTIONS) as [OptionName, OptionRow][];

/** Numbers between 4 and 124 that are no option of a socket: 70 is a context's, the others were never used or removed. */
const UNUSED = [10, 20, 26, 29, 30, 67, 70, 82, 83];

function numbersOf(table: readonly OptionRow[]): number[] {
  return table.flatMap((row) => [row.number ?? [], Object.keys(row.aliases ?? {}).map(Number)].flat());
}

test("every socket option of libzmq has a row, a second name, or a method", () => {
  const known = [...numbersOf(rows.map(([, row]) => row)), ...Object.values(NUMBERS).map((row) => row.number)];
  const all = Array.from({ length: 121 }, (_, at) => at + 4).filter((id) => !UNUSED.includes(id));
  assert.deepEqual(
    known.sort((a, b) => a - b),
    all,
  );
});

test("every context option of libzmq has a row", () => {
  const known = numbersOf(Object.values<OptionRow>(CONTEXT_OPTIONS)).sort((a, b) => a - b);
  assert.deepEqual(known, [1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 42, 70]);
});

/** The C type that fits a row, and one that does not. */
function formOf(row: OptionRow): { as: NumberedAs; wrong: NumberedAs } {
  if (row.type === "int64" || row.type === "uint64") return { as: row.type, wrong: "int32" };
  if (["string", "bytes", "key", "metadata"].includes(row.type)) return { as: "string", wrong: "int32" };
  return { as: "int32", wrong: "int64" };
}

/** Something else than the default that the row takes, as C has it. */
function otherValue(row: OptionRow): number | string {
  const { type, min = 0, max = Infinity, step = 1, choices } = row;
  if (type === "boolean") return row.default === true ? 0 : 1;
  if (type === "choice") return Object.values(choices ?? {}).find((value) => value > 1) ?? 1;
  if (type === "metadata") return "X-Name:value";
  if (type === "key") return "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
  if (type === "bytes" || type === "string")
    return row.pattern === undefined ? "a".repeat(Math.max(min, 4)) : "10.0.0.1:1080";
  const other = Number(row.default) + step;
  return other > max ? Math.max(min, Number(row.default) - step) : other;
}

function typeWith(row: OptionRow): TypeName {
  return (Object.keys(SOCKET_TYPES) as TypeName[]).find((type) => hasRow(row, type)) ?? "DEALER";
}

for (const [name, row] of rows) {
  if (row.number === null) continue;
  const id = row.number;
  const { as, wrong } = formOf(row);
  const store = (): OptionStore => new OptionStore(typeWith(row));
  const set = (to: OptionStore, value: unknown): void => {
    const setting = settingByNumber(to, id, as, value);
    assert.ok(setting !== undefined);
    to.set(setting.name, setting.value);
  };

  test(`${name} is ${id} by number: as its own C type, and EINVAL as another`, () => {
    if (row.access === "w") assert.equal(readByNumber(store(), id, as), undefined);
    else assert.throws(() => readByNumber(store(), id, wrong), { code: "EINVAL" });
    if (row.access === "r") assert.equal(settingByNumber(store(), id, as, as === "string" ? "" : 0), undefined);
    else assert.throws(() => settingByNumber(store(), id, wrong, 1), { code: "EINVAL" });
  });

  if (row.access === "r") continue;

  test(`${name} by number ${row.refused === undefined ? "reads as it was set" : `is ${row.refused.code}, with the reason`}`, () => {
    const own = store();
    const value = row.pattern?.includes("/") === true ? "10.0.0.0/8" : otherValue(row);
    if (row.refused !== undefined) {
      assert.throws(() => set(own, value), {
        code: row.refused.code,
        message: new RegExp(row.refused.why.slice(0, 20)),
      });
      return;
    }
    set(own, value);
    if (row.access === "rw") assert.equal(readByNumber(own, id, as), value);
    assert.notDeepEqual(own.get(name), new OptionStore(typeWith(row)).snapshot()[name]);
  });

  test(`${name} by number refuses what is out of its range`, () => {
    if (row.type !== "int32") return;
    if (row.min !== undefined) assert.throws(() => set(store(), (row.min ?? 0) - 1), { code: "EINVAL" });
    if (row.max !== undefined) assert.throws(() => set(store(), (row.max ?? 0) + 1), { code: "EINVAL" });
  });
}

test("ZMQ_IPV4ONLY is the opposite of ipv6", () => {
  const store = new OptionStore("DEALER");
  assert.equal(readByNumber(store, 31, "int32"), 1);
  assert.deepEqual(settingByNumber(store, 31, "bool", false), { name: "ipv6", value: true });
  assert.deepEqual(settingByNumber(store, 31, "int32", 1), { name: "ipv6", value: false });
  store.set("ipv6", true);
  assert.equal(readByNumber(store, 31, "bool"), false);
  assert.throws(() => settingByNumber(store, 31, "int32", 2), { code: "EINVAL" });
  assert.equal(readByNumber(new ContextOptionStore(), 31, "bool"), undefined);
});

test("a choice by number is EINVAL when no choice has that number", () => {
  assert.throws(() => settingByNumber(new OptionStore("DEALER"), 117, "int32", 9), { code: "EINVAL" });
});

test("a context's thread name prefix is a text, and a number too", () => {
  const store = new ContextOptionStore();
  assert.equal(readByNumber(store, 9, "int32"), 0);
  const setting = settingByNumber(store, 9, "int32", 1234);
  assert.deepEqual(setting, { name: "threadNamePrefix", value: "1234" });
  store.set("threadNamePrefix", "1234");
  assert.equal(readByNumber(store, 9, "int32"), 1234);
  assert.throws(() => store.set("threadNamePrefix", "x".repeat(17)), { code: "EINVAL" });
});

test("a processor is taken back only after it was added", () => {
  const store = new ContextOptionStore();
  assert.throws(() => store.set("threadAffinityCpuRemove", 1), { code: "EINVAL" });
  store.set("threadAffinityCpuAdd", 1);
  store.set("threadAffinityCpuRemove", 1);
  assert.throws(() => store.set("threadAffinityCpuRemove", 1), { code: "EINVAL" });
});

test("methods and states have their number on the types that have them, one way", () => {
  assert.equal(numberName(6, "w", "SUB"), "subscribe");
  assert.equal(numberName(6, "r", "SUB"), undefined);
  assert.equal(numberName(6, "w", "PUB"), undefined);
  assert.equal(numberName(16, "r", "PUB"), "type");
});
