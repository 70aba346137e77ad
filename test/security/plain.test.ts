import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { EMPTY, hex, utf8 } from "../../src/base/bytes.ts";
import { plainClient, plainServer } from "../../src/security/plain.ts";
import { encodeCommand } from "../../src/wire/zmtp/command.ts";
import type { Command, Step } from "../../src/wire/zmtp/mechanism.ts";
import { octets, refused } from "../wire/recorder.ts";

const ADMIN = { username: "admin", password: "secret" };
const METADATA = octets("01 41 00000000");

function sent(step: Step): string[] {
  assert.ok(step.kind !== "authenticate");
  return step.send.map(({ name, data }) => hex(encodeCommand(name, data)));
}

const digits = (text: string): string => hex(octets(text));
const hello = (text: string): Command => ({ name: "HELLO", data: octets(text) });

test("RFC 24: a client says HELLO with name and password, then INITIATE with its metadata", () => {
  const client = plainClient(METADATA, ADMIN);
  assert.deepEqual(sent(client.begin()), [digits("05 48454c4c4f 05 61646d696e 06 736563726574")]);
  const step = client.handle({ name: "WELCOME", data: EMPTY });
  assert.deepEqual(sent(step), [digits("08 494e495449415445 01 41 00000000")]);
  const data = octets("01 42 00000000");
  assert.deepEqual(client.handle({ name: "READY", data }), { kind: "ready", send: [], metadata: data });
});

test("RFC 24: a server has name and password judged before it says WELCOME, then READY with its metadata", () => {
  const server = plainServer(METADATA);
  assert.deepEqual(sent(server.begin()), []);
  const asked = server.handle(hello("05 61646d696e 06 736563726574"));
  assert.deepEqual(asked, { kind: "authenticate", credentials: [utf8("admin"), utf8("secret")] });
  assert.deepEqual(sent(server.authenticated?.() as Step), ["0757454c434f4d45"]); // PLAIN has it
  const data = octets("01 42 00000000");
  const step = server.handle({ name: "INITIATE", data });
  assert.deepEqual(sent(step), [digits("05 5245414459 01 41 00000000")]);
  assert.equal(step.kind === "ready" && hex(step.metadata), hex(data));
});

test("names and passwords have up to 255 octets of UTF-8, and may be empty", () => {
  const long = "é".repeat(127);
  const [data] = sent(plainClient(EMPTY, { username: long, password: "" }).begin());
  assert.equal(data, `0548454c4c4ffe${hex(utf8(long))}00`);
  const server = plainServer(EMPTY);
  server.begin();
  assert.deepEqual(server.handle(hello("00 00")), { kind: "authenticate", credentials: [EMPTY, EMPTY] });
});

test("what is judged is a copy, which outlives the octets that it came in", () => {
  const server = plainServer(EMPTY);
  const command = hello("01 61 01 62");
  const step = server.handle(command);
  command.data.fill(0);
  assert.deepEqual(step.kind === "authenticate" && step.credentials.map(hex), ["61", "62"]);
});

for (const [what, data] of [
  ["without anything", ""],
  ["with a name that is cut off", "05 6164"],
  ["without a password", "02 6164"],
  ["with a password that is cut off", "02 6164 03 61"],
  ["with octets behind the password", "02 6164 01 61 00"],
  ["with lengths beyond its end", "ff ff"],
] as const) {
  test(`a HELLO ${what} is malformed, and the error does not repeat it`, () => {
    const text = refused("ERR_ZMTP_MALFORMED_COMMAND_HELLO", () => plainServer(EMPTY).handle(hello(data)));
    assert.doesNotMatch(text, /6164|"ad"/);
  });
}

test("a WELCOME has nothing in it", () => {
  const client = plainClient(EMPTY, ADMIN);
  refused("ERR_ZMTP_MALFORMED_COMMAND_WELCOME", () => client.handle({ name: "WELCOME", data: Uint8Array.of(0) }));
});

test("neither side shows the password to who prints it", () => {
  const shown = [plainClient(EMPTY, ADMIN), plainServer(EMPTY)].map((side) =>
    inspect(side, { depth: 9, showHidden: true }),
  );
  for (const text of shown) assert.doesNotMatch(text, /secret/);
});
