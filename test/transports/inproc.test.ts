import assert from "node:assert/strict";
import { test } from "node:test";
import { InprocNames } from "../../src/transports/inproc.ts";

test("a second bind of a name is EADDRINUSE, and the first keeps it", () => {
  const names = new InprocNames<string>();
  names.bind("a", "first");
  assert.throws(() => names.bind("a", "second"), { code: "EADDRINUSE", message: /inproc:\/\/a/ });
  assert.equal(names.lookup("a"), "first");
});

test("unbind frees the name; unbind of an unknown name is ENOENT", () => {
  const names = new InprocNames<string>();
  names.bind("a", "first");
  names.unbind("a");
  assert.equal(names.lookup("a"), undefined);
  assert.throws(() => names.unbind("a"), { code: "ENOENT" });
  names.bind("a", "second");
  assert.equal(names.lookup("a"), "second");
});

test("those who connected before the bind are met in their order, once", () => {
  const names = new InprocNames<string>();
  const met: string[] = [];
  const meet = (binder: string): void => void met.push(binder);
  names.wait("a", meet);
  names.wait("a", meet);
  names.wait("b", meet);
  assert.equal(names.waiting, 3);
  names.bind("a", "first");
  assert.deepEqual(met, ["first", "first"]);
  names.unbind("a");
  names.bind("a", "second");
  assert.equal(met.length, 2);
  assert.equal(names.waiting, 1);
});

test("who stopped waiting is not met, even while others are", () => {
  const names = new InprocNames<string>();
  const met: string[] = [];
  const second = { cancel: (): void => undefined };
  names.wait("a", () => {
    met.push("first");
    second.cancel();
  });
  second.cancel = names.wait("a", () => met.push("second")).cancel;
  names.bind("a", "binder");
  second.cancel();
  assert.deepEqual(met, ["first"]);
  const alone = names.wait("b", () => met.push("never"));
  alone.cancel();
  assert.equal(names.waiting, 0);
});
