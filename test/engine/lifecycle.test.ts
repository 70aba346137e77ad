import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DATAGRAM_MOVES, DIALER_MOVES, Lifecycle, SESSION_MOVES } from "../../src/engine/lifecycle.ts";

for (const [name, moves] of Object.entries({ SESSION_MOVES, DIALER_MOVES, DATAGRAM_MOVES })) {
  describe(name, () => {
    test("lead only to states of the table", () => {
      for (const to of Object.values(moves).flatMap((row) => Object.values(row))) assert.ok(to in moves, to);
    });

    test("lead to done from everywhere, and nowhere from there", () => {
      for (const [state, row] of Object.entries(moves)) {
        assert.equal(Object.values(row).includes("done"), state !== "done", state);
      }
    });
  });
}

test("a move that is not listed throws and says which it was", () => {
  const life = new Lifecycle(SESSION_MOVES, "handshaking");
  assert.equal(life.can("finish"), false);
  assert.throws(() => life.move("finish"), /"finish" in state "handshaking"/);
  assert.equal(life.state, "handshaking");
});

test("a listed move changes the state", () => {
  const life = new Lifecycle(SESSION_MOVES, "handshaking");
  assert.equal(life.can("ready"), true);
  life.move("ready");
  assert.equal(life.state, "ready");
});
