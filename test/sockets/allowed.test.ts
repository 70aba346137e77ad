import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { curveKeys, decodeZ85, plainUsers, type AuthenticationRequest, type Authenticator } from "../../src/index.ts";
import { CLIENT_KEYS, SERVER_KEYS } from "../support/securities.ts";

type Shown = Partial<Pick<AuthenticationRequest, "username" | "password" | "publicKey">>;

/** What an authenticator says to who shows that. */
function says(judge: Authenticator, shown: Shown): unknown {
  const request: AuthenticationRequest = {
    domain: "",
    address: "",
    mechanism: "CURVE",
    routingId: new Uint8Array(0),
    ...shown,
  };
  const { status = 200, userId } = judge(request) as { status?: number; userId?: string }; // both answer at once
  return status === 200 ? userId : status;
}

describe("curveKeys", () => {
  const { publicKey } = CLIENT_KEYS;

  test("lets in the owners of its keys, whose name is the key or what was given", () => {
    assert.equal(says(curveKeys([publicKey]), { publicKey }), publicKey);
    assert.equal(says(curveKeys([decodeZ85(publicKey)]), { publicKey }), publicKey);
    assert.equal(says(curveKeys([SERVER_KEYS.publicKey]), { publicKey }), 400);
    assert.equal(says(curveKeys(), { publicKey }), 400);
    const named = curveKeys();
    named.add(publicKey, "joe");
    assert.equal(says(named, { publicKey }), "joe");
  });

  test("refuses whoever shows no key", () => {
    assert.equal(says(curveKeys([publicKey]), { username: publicKey, password: "" }), 400);
  });

  test("may be changed while it is in use", () => {
    const keys = curveKeys([publicKey]);
    assert.deepEqual([keys.size, keys.has(publicKey), keys.has(decodeZ85(publicKey))], [1, true, true]);
    assert.equal(keys.delete(decodeZ85(publicKey)), true);
    assert.equal(keys.delete(publicKey), false);
    assert.deepEqual([keys.size, says(keys, { publicKey })], [0, 400]);
  });

  test("takes nothing that is no key", () => {
    for (const wrong of ["", "short", "HelloWorld", "~".repeat(40), new Uint8Array(31), 5 as never]) {
      assert.throws(() => curveKeys([wrong]), { code: "EINVAL" });
      assert.throws(() => curveKeys().add(wrong), { code: "EINVAL" });
    }
  });
});

describe("plainUsers", () => {
  const users = plainUsers({ alice: "open sesame", bob: "" });

  test("lets in who has the password, by name", () => {
    assert.equal(says(users, { username: "alice", password: "open sesame" }), "alice");
    assert.equal(says(users, { username: "bob", password: "" }), "bob");
    assert.equal(says(plainUsers(new Map([["é", "ü"]])), { username: "é", password: "ü" }), "é");
  });

  for (const [username, password] of [
    ["alice", "open sesam"],
    ["alice", "open sesame "],
    ["alice", ""],
    ["Alice", "open sesame"],
    ["bob", "x"],
    ["", ""],
    ["nobody", ""],
    ["nobody", "the password of nobody"],
    ["__proto__", ""],
    ["constructor", ""],
  ] as const) {
    test(`refuses ${JSON.stringify(username)} with ${JSON.stringify(password)}`, () => {
      assert.equal(says(users, { username, password }), 400);
    });
  }

  test("refuses whoever shows no password, and takes no password that is no text", () => {
    assert.equal(says(users, { publicKey: CLIENT_KEYS.publicKey }), 400);
    assert.throws(() => plainUsers({ alice: undefined as never }), { name: "TypeError", message: /alice/ });
  });

  test("does not follow what happens to the object it was made from", () => {
    const given = { alice: "a" };
    const made = plainUsers(given);
    given.alice = "b";
    assert.equal(says(made, { username: "alice", password: "a" }), "alice");
  });
});
