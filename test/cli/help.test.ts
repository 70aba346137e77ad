import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/cli/args.ts";
import { verbPage } from "../../src/cli/help.ts";
import { SOCKET_VERBS } from "../../src/cli/socket-verbs.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { OPTIONS, propertiesOf, SOCKETS, type OptionRow } from "../../src/index.ts";
import { run } from "./zmq.ts";

const NAMES = [...SOCKETS.map(({ name }) => name.toLowerCase()), "proxy", "keygen", "bench", "demo"];

test("zmq --help names every verb, and says what addresses, formats and exit codes are", async (t) => {
  const { code, out, err } = await run(t, "--help");
  assert.equal(code, 0);
  assert.equal(err, "");
  for (const verb of NAMES) assert.match(out, new RegExp(`^  ${verb}  `, "m"));
  assert.match(out, /Addresses:[^]*Formats[^]*Exit codes:[^]*Examples:/);
  assert.equal((await run(t)).out, out);
});

test("zmq --version tells the package's version", async (t) => {
  assert.match((await run(t, "--version")).out, /^\d+\.\d+\.\d+\S*\n$/);
});

test("zmq VERB --help shows the verb's page", async (t) => {
  for (const name of ["sub", "demo"]) {
    const { code, out } = await run(t, name, "--help");
    assert.equal(code, 0);
    const verb = VERBS.find((each) => each.name === name);
    assert.equal(out, verb === undefined ? undefined : verbPage(verb));
  }
});

test("each verb's page shows its usage and an example", () => {
  assert.deepEqual(
    VERBS.map(({ name }) => name),
    NAMES,
  );
  for (const verb of VERBS) {
    const page = verbPage(verb);
    assert.match(page, new RegExp(`^Usage: zmq ${verb.name} \\[FLAG`, "m"));
    assert.match(page, new RegExp(`^Examples:\\n.*\\bzmq ${verb.name}\\b`, "m"));
  }
});

test("help names each flag once, within a hundred columns", () => {
  for (const verb of VERBS) {
    const page = verbPage(verb);
    for (const flag of [...Object.keys(verb.flags), ...Object.keys(verb.options)]) {
      assert.equal(page.split(new RegExp(`^  --${flag}\\b(?!-)`, "m")).length, 2, `--${flag} of ${verb.name}`);
    }
    const long = page.split("\n").filter((line) => line.length > 100 && !line.startsWith("zmq "));
    assert.deepEqual(long, [], verb.name);
  }
});

test("each option that a type honours is a flag, and no other is", () => {
  for (const [at, type] of SOCKETS.entries()) {
    const flags = Object.keys(SOCKET_VERBS[at]?.options ?? {});
    const honoured = [...propertiesOf(type.name)].filter(([, name]) => {
      const row: OptionRow = OPTIONS[name];
      return row.access !== "r" && row.inert === undefined && row.refused === undefined;
    });
    assert.equal(flags.length, honoured.length);
    assert.equal(flags.includes("linger"), true);
    for (const flag of flags) assert.match(flag, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  }
});

test("no option's flag has the name of another flag of its verb", () => {
  for (const verb of SOCKET_VERBS) {
    assert.deepEqual(
      Object.keys(verb.options).filter((flag) => flag in verb.flags),
      [],
    );
  }
});

test("no two verbs are so alike that a mistyped one names the wrong one first", () => {
  for (const name of NAMES) assert.equal(nearest(name, NAMES), name);
});
