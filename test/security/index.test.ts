import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY } from "../../src/base/bytes.ts";
import { MECHANISMS } from "../../src/security/index.ts";
import { clientSettings, serverSettings } from "./curve-keys.ts";

const { NULL, PLAIN, CURVE } = MECHANISMS;

const SIDES = {
  NULL: { client: NULL.client(EMPTY), server: NULL.server(EMPTY) },
  PLAIN: { client: PLAIN.client(EMPTY, { username: "a", password: "b" }), server: PLAIN.server(EMPTY) },
  CURVE: { client: CURVE.client(EMPTY, clientSettings()), server: CURVE.server(EMPTY, serverSettings()) },
};

test("every mechanism is found under the name it greets with, on both sides", () => {
  assert.deepEqual(Object.keys(SIDES), Object.keys(MECHANISMS));
  for (const [name, { client, server }] of Object.entries(SIDES)) {
    assert.equal(client.name, name);
    assert.equal(server.name, name);
  }
});

test("what protects says by which option it was chosen, and what does not, nothing", () => {
  const chosen = Object.values(SIDES).map(({ client, server }) => [client.chosenBy, server.chosenBy]);
  assert.deepEqual(chosen, [
    ["", ""],
    ["plainUsername", "plainServer"],
    ["curveServerKey", "curveServer"],
  ]);
});

test("only CURVE changes traffic", () => {
  for (const [name, { client, server }] of Object.entries(SIDES)) {
    for (const side of [client, server]) {
      assert.equal(side.seal !== undefined, name === "CURVE");
      assert.equal(side.open !== undefined, name === "CURVE");
      assert.equal((side.overhead ?? 0) > 0, name === "CURVE");
    }
  }
});
