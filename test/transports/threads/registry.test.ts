import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf } from "../../../src/transports/threads/name-hash.ts";
import { MOST_THREADS, Registry } from "../../../src/transports/threads/registry.ts";

test("a name belongs to who took it first, and is free when he frees it", () => {
  const registry = Registry.make(1);
  const [one, other] = [registry.enter(11, 1), registry.enter(12, 2)];
  assert.equal(registry.ownerOf("name"), -1);
  assert.equal(registry.take("name", one), "taken");
  assert.equal(registry.take("name", other), "in use");
  assert.equal(registry.take("name", one), "in use");
  assert.equal(registry.ownerOf("name"), one);
  registry.free("name", other);
  assert.equal(registry.ownerOf("name"), one);
  registry.free("name", one);
  assert.equal(registry.take("name", other), "taken");
});

test("whoever has the same memory sees the same", () => {
  const registry = Registry.make(1);
  const same = new Registry(registry.memory);
  registry.take("name", registry.enter(11, 1));
  assert.equal(same.ownerOf("name"), 0);
  assert.equal(same.compare(registry), 0);
  same.set(42, 1);
  assert.equal(registry.get(42), 1);
  assert.equal(registry.get(1), undefined);
});

test("a thread that leaves frees its names and its place, and only its own", () => {
  const registry = Registry.make(1);
  const [one, other] = [registry.enter(11, 1), registry.enter(12, 2)];
  for (let count = 0; count < 1000; count++) registry.take(`name-${count}`, count % 2 === 0 ? one : other);
  registry.leave(one, 99);
  assert.equal(registry.ownerOf("name-0"), one);
  registry.leave(one, 11);
  registry.leave(one, 11);
  for (let count = 0; count < 1000; count++)
    assert.equal(registry.ownerOf(`name-${count}`), count % 2 === 0 ? -1 : other);
  assert.equal(registry.uidOf(one), 0);
  assert.equal(registry.enter(13, 3), one);
  assert.equal(registry.ownerOf("name-0"), -1);
});

test("names that come and go without end leave no trace", () => {
  const registry = Registry.make(1);
  const place = registry.enter(11, 1);
  for (let count = 0; count < 300_000; count++) {
    assert.equal(registry.take(`reply-${count}`, place), "taken");
    if (count >= 10) registry.free(`reply-${count - 10}`, place);
  }
  assert.equal(registry.ownerOf("reply-299999"), place);
  assert.equal(registry.ownerOf("reply-299000"), -1);
});

test("as many names as there is room for are taken, and no more", () => {
  const registry = Registry.make(1);
  const place = registry.enter(11, 1);
  let count = 0;
  while (registry.take(`name-${count}`, place) === "taken") count++;
  assert.equal(count, 98_304);
  assert.equal(registry.take("one more", place), "no room");
  assert.equal(registry.ownerOf("name-98303"), place);
  registry.free("name-0", place);
  assert.equal(registry.take("one more", place), "taken");
});

test("as many threads as there are places enter, and no more", () => {
  const registry = Registry.make(1);
  for (let count = 0; count < MOST_THREADS; count++) assert.equal(registry.enter(count + 1, count), count);
  assert.equal(registry.enter(9999, 9999), -1);
  assert.equal(registry.places().length, MOST_THREADS);
  registry.leave(7, 8);
  assert.equal(registry.enter(9999, 9999), 7);
});

test("sockets and searches are counted for each thread, and go with it", () => {
  const registry = Registry.make(1);
  const [one, other] = [registry.enter(11, 1), registry.enter(12, 2)];
  assert.equal(registry.countSockets(one, 2), 2);
  assert.equal(registry.countSockets(other, 1), 3);
  registry.countSearches(other, 1);
  assert.deepEqual(registry.searchers(one), [other]);
  assert.deepEqual(registry.searchers(other), []);
  registry.leave(other, 12);
  assert.equal(registry.countSockets(one, 0), 2);
  assert.deepEqual(registry.searchers(one), []);
});

test("of two registries, the one that was founded first is the older, whoever made it", () => {
  const [one, other] = [Registry.make(5), Registry.make(3)];
  one.found(2 ** 33 + 1);
  one.found(2 ** 40);
  other.found(2 ** 33 + 2);
  assert.ok(one.compare(other) < 0);
  assert.ok(other.compare(one) > 0);
  const third = Registry.make(7);
  third.found(2 ** 33 + 1);
  assert.ok(one.compare(third) < 0);
});

test("options of one registry fill what the other has not set", () => {
  const [one, other] = [Registry.make(1), Registry.make(2)];
  one.set(1, 3);
  other.set(1, 5);
  other.set(70, 0);
  one.fillFrom(other);
  assert.deepEqual([one.get(1), one.get(70)], [3, 0]);
});

test("a lock that nobody will open is taken after a second, by which its holder has long been ended", () => {
  const registry = Registry.make(1);
  const place = registry.enter(11, 1);
  registry.words[3] = 1;
  const begin = performance.now();
  assert.equal(registry.take("name", place), "taken");
  assert.ok(performance.now() - begin > 900);
  assert.equal(registry.ownerOf("name"), place);
});

test("names have hashes of their own", () => {
  const seen = new Set<string>();
  for (let count = 0; count < 100_000; count++) seen.add(hashOf(`name-${count}`).join());
  for (const name of ["", "a", "aa", "aaa", "ä", "\u{1f600}"]) seen.add(hashOf(name).join());
  assert.equal(seen.size, 100_006);
});
