import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../src/base/bytes.ts";
import { Groups } from "../../src/routing/groups.ts";

interface Member {
  readonly name: string;
}

const [a, b, c]: [Member, Member, Member] = [{ name: "a" }, { name: "b" }, { name: "c" }];

function members(groups: Groups<Member>, group: string): string {
  const names: string[] = [];
  groups.match(utf8(group), ({ name }) => names.push(name));
  return names.sort().join("");
}

test("RFC 48: a group's members are those that joined exactly it", () => {
  const groups = new Groups<Member>();
  groups.join(utf8("news"), a);
  groups.join(utf8("news"), b);
  groups.join(utf8("news.sport"), c);
  groups.join(utf8(""), c);
  assert.equal(members(groups, "news"), "ab");
  assert.equal(members(groups, "news.sport"), "c");
  assert.equal(members(groups, "new"), "");
  assert.equal(members(groups, ""), "c");
  assert.equal(groups.size, 3);
});

test("a peer is in a group once, however often it joins, and out of it when it leaves once", () => {
  const groups = new Groups<Member>();
  assert.equal(groups.join(utf8("g"), a), true);
  assert.equal(groups.join(utf8("g"), a), false);
  assert.equal(members(groups, "g"), "a");
  assert.equal(groups.leave(utf8("g"), a), true);
  assert.equal(groups.leave(utf8("g"), a), false);
  assert.equal(members(groups, "g"), "");
  assert.equal(groups.size, 0);
});

test("leaving takes nobody else out of a group, and nobody out of another", () => {
  const groups = new Groups<Member>();
  for (const peer of [a, b, c]) for (const name of ["one", "two"]) groups.join(utf8(name), peer);
  groups.leave(utf8("one"), a);
  assert.equal(groups.leave(utf8("three"), a), false);
  assert.deepEqual([members(groups, "one"), members(groups, "two")], ["bc", "abc"]);
  groups.leaveAll(c);
  groups.leaveAll(c);
  assert.deepEqual([members(groups, "one"), members(groups, "two")], ["b", "ab"]);
});

test("what each peer holds is counted in groups and in bytes, for a limit", () => {
  const groups = new Groups<Member>();
  for (const name of ["one", "three", "", "one"]) groups.join(utf8(name), a);
  groups.join(utf8("one"), b);
  assert.deepEqual([groups.countOf(a), groups.bytesOf(a)], [3, 8]);
  groups.leave(utf8("three"), a);
  assert.deepEqual([groups.countOf(a), groups.bytesOf(a)], [2, 3]);
  groups.leaveAll(a);
  assert.deepEqual([groups.countOf(a), groups.bytesOf(a), groups.countOf(b)], [0, 0, 1]);
});

test("names of any bytes are told apart", () => {
  const groups = new Groups<Member>();
  groups.join(Uint8Array.of(0xff, 0x80), a);
  groups.join(Uint8Array.of(0xff, 0x81), b);
  groups.join(
    Uint8Array.from({ length: 255 }, (_, at) => at),
    c,
  );
  const found: string[] = [];
  groups.match(Uint8Array.of(0xff, 0x81), ({ name }) => found.push(name));
  groups.match(
    Uint8Array.from({ length: 255 }, (_, at) => at),
    ({ name }) => found.push(name),
  );
  assert.deepEqual(found, ["b", "c"]);
});
