import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Deque } from "../../src/base/deque.ts";

test("what goes in first comes out first", () => {
  const deque = new Deque<string>();
  assert.equal(deque.shift(), undefined);
  assert.equal(deque.peek(), undefined);
  deque.push("a");
  deque.push("b");
  assert.equal(deque.peek(), "a");
  assert.deepEqual([deque.shift(), deque.shift(), deque.shift()], ["a", "b", undefined]);
});

test("it grows in the middle of its ring without losing the order", () => {
  const deque = new Deque<number>();
  for (let at = 0; at < 10; at++) deque.push(at);
  for (let at = 0; at < 10; at++) deque.shift();
  for (let at = 0; at < 40; at++) deque.push(at);
  assert.deepEqual(
    Array.from({ length: 40 }, () => deque.shift()),
    Array.from({ length: 40 }, (_, at) => at),
  );
});

test("any sequence of calls is as on a plain array", () => {
  const act = fc.constantFrom("push", "push", "push", "shift", "unshift", "peek", "remove", "clear");
  const step = fc.record({ act, value: fc.nat(5), times: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const deque = new Deque<number>();
      let model: number[] = [];
      for (const { act: verb, value, times } of steps) {
        for (let time = 0; time <= times; time++) {
          if (verb === "push") model.push((deque.push(value), value));
          else if (verb === "unshift") model.unshift((deque.unshift(value), value));
          else if (verb === "shift") assert.equal(deque.shift(), model.shift());
          else if (verb === "peek") assert.equal(deque.peek(), model[0]);
        }
        const at = model.indexOf(value);
        if (verb === "remove") assert.equal(deque.remove(value), at >= 0);
        if (verb === "remove" && at >= 0) model.splice(at, 1);
        if (verb === "clear") model = (deque.clear(), []);
        assert.equal(deque.length, model.length);
      }
      assert.deepEqual(
        Array.from({ length: model.length }, () => deque.shift()),
        model,
      );
    }),
  );
});
