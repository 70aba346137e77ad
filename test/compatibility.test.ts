import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const require = createRequire(import.meta.url);

/** What scripts/zeromqjs.mjs says of zeromq.js; it is not TypeScript. */
interface Facts {
  readonly EXPORTS: Readonly<Record<string, readonly string[]>>;
  readonly TYPES: readonly string[];
  readonly MEMBERS: Readonly<Record<string, readonly string[]>>;
  readonly OPTIONS: Readonly<Record<string, Option>>;
  readonly CONTEXT_OPTIONS: Readonly<Record<string, unknown>>;
  readonly EVENTS: readonly string[];
  readonly PROTOCOL_ERRORS: readonly string[];
}

interface Option {
  readonly on: "all" | "sending" | "receiving" | readonly string[];
  readonly reads: unknown;
  readonly but?: Readonly<Record<string, unknown>>;
}

interface SocketClass {
  readonly prototype: object;
  new (): { close(): void };
}

const facts = (await import(new URL("scripts/zeromqjs.mjs", root).href)) as Facts;
// Its exports, as they are at run time.
const zeromq = require("zeromq") as { readonly Socket: SocketClass; readonly context: object };
const draft = require("zeromq/lib/draft") as object;
const declarations = (file: string): string =>
  readFileSync(new URL(`node_modules/zeromq/lib/${file}.d.ts`, root), "utf8");

const classes = (Object.entries({ ...zeromq, ...draft }) as [string, SocketClass][]).filter(
  ([, each]) => typeof each === "function" && each.prototype instanceof zeromq.Socket,
);

/** What reading a property gives: a value, the code of an error, or nothing. */
function read(owner: object, property: string): unknown {
  try {
    return (owner as Readonly<Record<string, unknown>>)[property] ?? (property in owner ? null : undefined);
  } catch (error) {
    return (error as { code: string }).code; // zeromq.js' errors have one
  }
}

const isOn = ({ on }: Option, name: string, prototype: object): boolean => {
  const owns = (property: string): boolean => property in prototype;
  if (on === "sending") return owns("sendTimeout");
  if (on === "receiving") return owns("receiveTimeout");
  return on === "all" || on.includes(name);
};

test("every export of zeromq.js is on the page of compatibility", () => {
  assert.deepEqual(Object.keys(zeromq).sort(), facts.EXPORTS["zeromq"]?.toSorted());
  assert.deepEqual(Object.keys(draft).sort(), facts.EXPORTS["zeromq/draft"]?.toSorted());
  const named = declarations("index").matchAll(/^export (?:type|interface) (\w+)/gm);
  const types = [...named].map(([, name]) => name ?? "").filter((name) => !(name in zeromq)); // classes are values
  assert.deepEqual([...types, "Event", "EventType", "EventOfType"].sort(), facts.TYPES.toSorted());
});

test("every member and option of its classes is, with what it reads", () => {
  assert.equal(classes.length, 19);
  const everywhere = Object.getOwnPropertyNames(zeromq.Socket.prototype);
  for (const [name, Class] of classes) {
    const socket = new Class();
    const members = [
      ...(facts.MEMBERS["Socket"] ?? []),
      ...(facts.MEMBERS[name] ?? []),
      "constructor",
      "join",
      "leave",
    ];
    const names = new Set([...everywhere, ...Object.getOwnPropertyNames(Class.prototype)]);
    const options = Object.entries(facts.OPTIONS).filter(([, option]) => isOn(option, name, Class.prototype));
    const expected = new Set([...members, ...options.map(([property]) => property)]);
    assert.deepEqual(
      [...names].filter((each) => !expected.has(each)),
      [],
      `${name} has what the page lacks`,
    );
    for (const [property, { reads, but = {} }] of options) {
      const found = read(socket, property);
      const says = name in but ? but[name] : reads;
      // A property that can only be written reads as undefined.
      assert.equal(
        property in socket && found === null && says === "write-only" ? "write-only" : found,
        says,
        property,
      );
    }
    socket.close();
  }
});

test("every option of its contexts is", () => {
  const known = [...(facts.MEMBERS["Context"] ?? []), "constructor", ...Object.keys(facts.CONTEXT_OPTIONS)];
  assert.deepEqual(Object.getOwnPropertyNames(Object.getPrototypeOf(zeromq.context)).sort(), known.sort());
});

test("every event and protocol error that its types name is", () => {
  const events = [...declarations("native").matchAll(/EventFor<"([^"]+)"/g)].map(([, type]) => type ?? "");
  assert.deepEqual([...new Set(events)].sort(), facts.EVENTS.toSorted());
  const errors = [...declarations("native").matchAll(/"(ERR_\w+)"/g)].map(([, code]) => code ?? "");
  assert.deepEqual([...new Set(errors)].sort(), facts.PROTOCOL_ERRORS.toSorted());
});

test("the page of compatibility says what the tables say (npm run docs)", async () => {
  const script = new URL("scripts/compatibility.mjs", root).href;
  const { compatibilityPage } = (await import(script)) as { compatibilityPage(base: URL): Promise<string> }; // not TypeScript
  const page = await compatibilityPage(new URL("../src/", import.meta.url));
  assert.equal(readFileSync(new URL("docs/compatibility.md", root), "utf8"), page, "docs/compatibility.md is stale");
});
