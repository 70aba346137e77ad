import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TopicMatcher } from "../../src/routing/subscriptions.ts";
import { frame, textOf } from "./pipes.ts";

// Names in parentheses are the cases of libzmq's unittests/unittest_mtrie.cpp.

interface Peer {
  readonly name: string;
}

const ANN: Peer = { name: "ann" };
const BOB: Peer = { name: "bob" };
const FIRST = { firstOfPeer: true, firstOfAll: true };
const NOT_HELD = { lastOfPeer: false, lastOfAll: false };
const LAST = { lastOfPeer: true, lastOfAll: true };

function held(topics: readonly string[], by: Peer = ANN): TopicMatcher<Peer> {
  const matcher = new TopicMatcher<Peer>();
  for (const topic of topics) assert.deepEqual(matcher.add(frame(topic), by), FIRST);
  return matcher;
}

/** Whom a message goes to, once for each topic that matches. */
function matched(matcher: TopicMatcher<Peer>, message: string): string[] {
  const names: string[] = [];
  matcher.match(frame(message), (peer) => names.push(peer.name));
  return names.sort();
}

function removedAll(matcher: TopicMatcher<Peer>, peer: Peer, every: boolean): (string | undefined)[] {
  const topics: (string | undefined)[] = [];
  matcher.removeAll(peer, (topic) => topics.push(textOf(topic)), every);
  return topics;
}

test("a matcher begins without topics (test_create)", () => {
  assert.equal(held([]).size, 0);
});

test("without topics no message matches (test_check_empty_match_nonempty_data)", () => {
  assert.deepEqual(matched(held([]), "foo"), []);
});

test("without topics not even an empty message matches (test_check_empty_match_empty_data)", () => {
  assert.deepEqual(matched(held([]), ""), []);
});

test("a topic matches itself (test_add_single_entry_match_exact)", () => {
  assert.deepEqual(matched(held(["foo"]), "foo"), ["ann"]);
});

test("a peer holds a topic once, however often it says so (test_add_single_entry_twice_match_exact)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.add(frame("foo"), ANN), { firstOfPeer: false, firstOfAll: false });
  assert.deepEqual(matched(matcher, "foo"), ["ann"]);
});

test("a removed topic matches nothing (test_add_rm_single_entry_match_exact)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.remove(frame("foo"), ANN), LAST);
  assert.deepEqual(matched(matcher, "foo"), []);
});

test("every topic that begins a message matches (test_add_two_entries_match_prefix_and_exact)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.add(frame("foobar"), BOB), FIRST);
  assert.deepEqual(matched(matcher, "foobar"), ["ann", "bob"]);
  assert.deepEqual(matched(matcher, "fooba"), ["ann"]);
});

test("two peers can hold one topic (test_add_two_entries_with_same_name_match_exact)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.add(frame("foo"), BOB), { firstOfPeer: true, firstOfAll: false });
  assert.deepEqual(matched(matcher, "foo"), ["ann", "bob"]);
  assert.equal(matcher.size, 1);
});

test("the empty topic can't be removed where nothing is (test_rm_nonexistent_0_size_empty)", () => {
  assert.deepEqual(held([]).remove(frame(""), ANN), NOT_HELD);
});

test("no topic can be removed where nothing is (test_rm_nonexistent_empty)", () => {
  const matcher = held([]);
  assert.deepEqual(matcher.remove(frame("foo"), ANN), NOT_HELD);
  assert.deepEqual(matched(matcher, "foo"), []);
});

test("a peer can't remove another's topic (test_rm_nonexistent_nonempty_samename)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.remove(frame("foo"), BOB), NOT_HELD);
  assert.deepEqual(matched(matcher, "foo"), ["ann"]);
});

test("another topic can't be removed (test_rm_nonexistent_nonempty_differentname)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.remove(frame("bar"), ANN), NOT_HELD);
  assert.deepEqual(matched(matcher, "foo"), ["ann"]);
});

test("the beginning of a topic can't be removed (test_rm_nonexistent_nonempty_prefix)", () => {
  const matcher = held(["foobar"]);
  assert.deepEqual(matcher.remove(frame("foo"), ANN), NOT_HELD);
  assert.deepEqual(matched(matcher, "foobar"), ["ann"]);
});

test("a topic that goes on can't be removed (test_rm_nonexistent_nonempty_prefixed)", () => {
  const matcher = held(["foo"]);
  assert.deepEqual(matcher.remove(frame("foobar"), ANN), NOT_HELD);
  assert.deepEqual(matched(matcher, "foo"), ["ann"]);
});

test("a topic between two others can't be removed (test_rm_nonexistent_between)", () => {
  const matcher = held(["foo1", "foo3"]);
  assert.deepEqual(matcher.remove(frame("foo2"), ANN), NOT_HELD);
  assert.equal(matcher.size, 2);
});

for (const [name, turned] of [
  ["test_add_multiple", false],
  ["test_add_multiple_reverse", true],
] as const) {
  test(`topics that begin each other match each on its own (${name})`, () => {
    const topics = ["foo1", "foo2", "foo3"];
    const matcher = held(turned ? topics.toReversed() : topics);
    for (const topic of topics) assert.deepEqual(matched(matcher, topic), ["ann"]);
  });
}

for (const [name, turned] of [
  ["test_rm_multiple_in_order", false],
  ["test_rm_multiple_reverse_order", true],
] as const) {
  test(`topics are removed one by one (${name})`, () => {
    const topics = ["foo1", "foo2", "foo3"];
    const matcher = held(topics);
    for (const topic of turned ? topics.toReversed() : topics) {
      assert.deepEqual(matcher.remove(frame(topic), ANN), LAST);
      assert.deepEqual(matched(matcher, topic), []);
    }
    assert.equal(matcher.size, 0);
  });
}

const LEAVING = [
  ["test_rm_with_callback_multiple_in_order", false],
  ["test_rm_with_callback_multiple_reverse_order", true],
] as const;
for (const [name, turned] of LEAVING) {
  test(`a peer that leaves takes its topics with it, and no others (${name})`, () => {
    const topics = ["foo1", "foo2", "foo3"];
    const peers = topics.map((topic): Peer => ({ name: topic }));
    const matcher = held([]);
    for (const [at, topic] of topics.entries()) matcher.add(frame(topic), peers[at] as Peer);
    for (const peer of turned ? peers.toReversed() : peers) {
      assert.deepEqual(removedAll(matcher, peer, false), [peer.name]);
      assert.deepEqual(matched(matcher, peer.name), []);
    }
    assert.equal(matcher.size, 0);
  });
}

test("XPUB_VERBOSER: topics that others hold are named too (test_rm_with_callback_duplicate)", () => {
  const matcher = held(["foo"]);
  matcher.add(frame("foo"), BOB);
  assert.deepEqual(removedAll(matcher, ANN, true), ["foo"]);
  assert.deepEqual(removedAll(matcher, BOB, true), ["foo"]);
  assert.deepEqual(matched(matcher, "foo"), []);
});

test("topics that others hold are not named (test_rm_with_callback_duplicate_uniq_only)", () => {
  const matcher = held(["foo"]);
  matcher.add(frame("foo"), BOB);
  assert.deepEqual(removedAll(matcher, ANN, false), []);
  assert.deepEqual(matched(matcher, "foo"), ["bob"]);
  assert.deepEqual(removedAll(matcher, BOB, false), ["foo"]);
  assert.deepEqual(removedAll(matcher, BOB, false), []);
});

test("how many topics a peer holds, and how many bytes, is known", () => {
  const matcher = held(["foo", "foobar", ""]);
  matcher.add(frame("foo"), ANN);
  assert.deepEqual([matcher.countOf(ANN), matcher.bytesOf(ANN)], [3, 9]);
  matcher.remove(frame("foobar"), ANN);
  assert.deepEqual([matcher.countOf(ANN), matcher.bytesOf(ANN)], [2, 3]);
  matcher.removeAll(ANN, () => undefined);
  assert.deepEqual([matcher.countOf(ANN), matcher.bytesOf(ANN)], [0, 0]);
});

test("a message of one topic among 10,000 finds its one subscriber", () => {
  const topics = Array.from({ length: 10_000 }, (_, at) => `t${String(at).padStart(5, "0")}.`);
  const matcher = held(topics);
  assert.deepEqual(matched(matcher, "t00042.body"), ["ann"]);
  assert.deepEqual(matched(matcher, "t10042.body"), []);
  assert.equal(removedAll(matcher, ANN, false).length, 10_000);
});

test("any sequence of topics added and removed by any peers is as a plain list of both", () => {
  const peers = [ANN, BOB, { name: "cid" }, { name: "dan" }];
  const topic = fc.string({ unit: fc.constantFrom("a", "b", "\xff"), maxLength: 4 });
  const act = fc.constantFrom("add", "add", "add", "remove", "leave");
  const step = fc.record({ act, topic, who: fc.nat(3), every: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), topic, (steps, message) => {
      const matcher = held([]);
      let list: { topic: string; peer: Peer }[] = [];
      for (const { act: verb, topic: name, who, every } of steps) {
        const peer = peers[who] as Peer;
        const mine = list.some((each) => each.topic === name && each.peer === peer);
        const others = (of: string): boolean => list.some((each) => each.topic === of && each.peer !== peer);
        if (verb === "add") {
          assert.deepEqual(matcher.add(frame(name), peer), { firstOfPeer: !mine, firstOfAll: !mine && !others(name) });
          if (!mine) list.push({ topic: name, peer });
        } else if (verb === "remove") {
          assert.deepEqual(matcher.remove(frame(name), peer), { lastOfPeer: mine, lastOfAll: mine && !others(name) });
          list = list.filter((each) => each.topic !== name || each.peer !== peer);
        } else {
          const gone = list.filter((each) => each.peer === peer && (every || !others(each.topic)));
          assert.deepEqual(new Set(removedAll(matcher, peer, every)), new Set(gone.map((each) => each.topic)));
          list = list.filter((each) => each.peer !== peer);
        }
        const whom = list.filter((each) => message.startsWith(each.topic)).map((each) => each.peer.name);
        assert.deepEqual(matched(matcher, message), whom.sort());
        assert.equal(matcher.size, new Set(list.map((each) => each.topic)).size);
        assert.equal(matcher.countOf(peer), list.filter((each) => each.peer === peer).length);
      }
    }),
  );
});
