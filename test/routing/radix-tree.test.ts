import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RadixTree } from "../../src/routing/radix-tree.ts";
import { frame, textOf } from "./pipes.ts";

const MIB = 1024 * 1024;

function planted(keys: readonly string[]): RadixTree<string> {
  const tree = new RadixTree<string>();
  for (const key of keys) tree.reach(frame(key)).value = key;
  return tree;
}

function keysOf(tree: RadixTree<string>): (string | undefined)[] {
  return Array.from(tree.values(), (node) => textOf(tree.keyOf(node)));
}

/** All values on the way along `key`. */
function prefixesOf(tree: RadixTree<string>, key: Uint8Array): string[] {
  const found: string[] = [];
  let depth = 0;
  for (let node = tree.root as ReturnType<typeof tree.down>; node !== null; node = tree.down(node, key, depth)) {
    depth += node.length;
    if (node.value !== undefined) found.push(node.value);
  }
  return found;
}

test("values come in the order of their keys, whatever order they were added in", () => {
  const tree = planted(["b", "abc", "ab", "", "abd", "a\xff"]);
  assert.deepEqual(keysOf(tree), ["", "ab", "abc", "abd", "a\xff", "b"]);
});

test("only whole keys that have a value are found", () => {
  const tree = planted(["foobar", "foobaz"]);
  for (const key of ["foobar", "foobaz"]) assert.equal(tree.find(frame(key))?.value, key);
  for (const key of ["", "foo", "fooba", "foobars", "x"]) assert.equal(tree.find(frame(key)), null);
});

test("a node stays the same while others are split off and joined again", () => {
  const tree = planted(["foobar"]);
  const node = tree.find(frame("foobar"));
  tree.reach(frame("foo")).value = "foo";
  tree.reach(frame("fox")).value = "fox";
  assert.equal(tree.find(frame("foobar")), node);
  for (const key of ["foo", "fox"]) tree.clear(tree.find(frame(key)) ?? tree.root);
  assert.equal(tree.find(frame("foobar")), node);
  assert.equal(tree.root.children.length, 1);
  assert.equal(tree.root.children[0], node);
});

test("a node that is joined with bytes from elsewhere keeps its key", () => {
  const tree = planted(["abX", "abY"]);
  tree.clear(tree.find(frame("abX")) ?? tree.root);
  assert.equal(tree.find(frame("abY"))?.value, "abY");
  assert.deepEqual(keysOf(tree), ["abY"]);
});

test("all 256 first bytes can follow one node", () => {
  const keys = Array.from({ length: 256 }, (_, byte) => `x${String.fromCharCode((byte * 7) & 255)}`);
  const tree = planted(keys);
  for (const key of keys) assert.equal(tree.find(frame(key))?.value, key);
});

test("a key of 1 MiB is one node, and costs its own memory, which is given back", () => {
  const tree = new RadixTree<string>();
  const long = Buffer.alloc(MIB, "x");
  const node = tree.reach(long);
  node.value = "long";
  assert.equal(tree.root.children.length, 1);
  assert.equal(tree.root.children[0], node);
  assert.ok(tree.held < 2 * MIB);
  assert.equal(tree.keyOf(node).length, MIB);
  tree.clear(node);
  assert.equal(tree.held, 64);
});

test("10,000 keys, each the beginning of the next, need no stack", () => {
  const tree = new RadixTree<string>();
  const long = Buffer.alloc(10_000, "x");
  for (let length = long.length; length > 0; length--) tree.reach(long.subarray(0, length)).value = "x";
  assert.equal(prefixesOf(tree, long).length, 10_000);
  let count = 0;
  for (const node of tree.values()) count += node.value === "x" ? 1 : 0;
  assert.equal(count, 10_000);
});

test("memory follows what is in the tree", () => {
  const tree = new RadixTree<string>();
  const keys = Array.from({ length: 20_000 }, (_, at) => frame(`topic/${(at * 7919) % 20_000}`));
  for (const key of keys) tree.reach(key).value = "x";
  const most = tree.held;
  for (const key of keys.slice(100)) tree.clear(tree.find(key) ?? tree.root);
  assert.ok(tree.held <= 8192 && tree.held < most / 8, `${tree.held} of ${most}`);
  for (const key of keys.slice(0, 100)) assert.equal(tree.find(key)?.value, "x");
});

test("any sequence of keys set and cleared is as a plain map", () => {
  const letter = fc.constantFrom("a", "b", "\xff", "abab", "a".repeat(300));
  const key = fc.array(letter, { maxLength: 6 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(
      fc.array(fc.record({ key, set: fc.boolean() }), { maxLength: 60, size: "max" }),
      key,
      (steps, query) => {
        const tree = new RadixTree<string>();
        const model = new Set<string>();
        for (const step of steps) {
          if (step.set) {
            tree.reach(frame(step.key)).value = step.key;
            model.add(step.key);
          } else {
            const node = tree.find(frame(step.key));
            assert.equal(node !== null, model.delete(step.key));
            if (node !== null) tree.clear(node);
          }
          assert.deepEqual(keysOf(tree), [...model].sort());
          const prefixes = [...model].filter((each) => query.startsWith(each));
          assert.deepEqual(
            prefixesOf(tree, frame(query)),
            prefixes.sort((a, b) => a.length - b.length),
          );
        }
        // No node without a reason: each has a value, or is where two part.
        for (const each of model) tree.clear(tree.find(frame(each)) ?? tree.root);
        assert.equal(tree.root.children.length, 0);
      },
    ),
  );
});
