import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Subscriptions } from "../../src/routing/subscriptions.ts";
import { frame, textOf } from "./pipes.ts";

// Names in parentheses are the cases of libzmq's unittests/unittest_radix_tree.cpp.

function subscribed(topics: readonly string[]): Subscriptions {
  const subscriptions = new Subscriptions();
  for (const topic of topics) subscriptions.add(frame(topic));
  return subscriptions;
}

test("without a topic nothing is held (test_empty)", () => {
  const subscriptions = subscribed([]);
  assert.equal(subscriptions.size, 0);
  assert.deepEqual([...subscriptions.topics()], []);
});

test("the first of a topic says so (test_add_single_entry)", () => {
  assert.equal(subscribed([]).add(frame("foo")), true);
});

test("the second of a topic does not (test_add_same_entry_twice)", () => {
  const subscriptions = subscribed(["test"]);
  assert.equal(subscriptions.add(frame("test")), false);
  assert.equal(subscriptions.size, 1);
});

test("nothing can be removed where nothing is (test_rm_when_empty)", () => {
  assert.equal(subscribed([]).remove(frame("test")), false);
});

test("the last of a topic says so (test_rm_single_entry)", () => {
  const subscriptions = subscribed(["temporary"]);
  assert.equal(subscriptions.remove(frame("temporary")), true);
  assert.equal(subscriptions.size, 0);
});

test("a topic is removed once (test_rm_unique_entry_twice)", () => {
  const subscriptions = subscribed(["test"]);
  assert.equal(subscriptions.remove(frame("test")), true);
  assert.equal(subscriptions.remove(frame("test")), false);
});

test("a topic added twice is removed by the second removal (test_rm_duplicate_entry)", () => {
  const subscriptions = subscribed(["test", "test"]);
  assert.equal(subscriptions.remove(frame("test")), false);
  assert.equal(subscriptions.matches(frame("test")), true);
  assert.equal(subscriptions.remove(frame("test")), true);
  assert.equal(subscriptions.matches(frame("test")), false);
});

test("what topics have in common is no topic (test_rm_common_prefix)", () => {
  const subscriptions = subscribed(["checkpoint", "checklist"]);
  assert.equal(subscriptions.remove(frame("check")), false);
  assert.equal(subscriptions.size, 2);
});

test("what topics have in common can be one (test_rm_common_prefix_entry)", () => {
  const subscriptions = subscribed(["checkpoint", "checklist", "check"]);
  assert.equal(subscriptions.remove(frame("check")), true);
  assert.equal(subscriptions.matches(frame("checkers")), false);
  assert.equal(subscriptions.matches(frame("checklist")), true);
});

test("the empty topic can be removed (test_rm_null_entry)", () => {
  const subscriptions = subscribed([""]);
  assert.equal(subscriptions.remove(frame("")), true);
  assert.equal(subscriptions.remove(frame("")), false);
  assert.equal(subscriptions.size, 0);
});

test("nothing matches where nothing is (test_check_empty)", () => {
  assert.equal(subscribed([]).matches(frame("foo")), false);
  assert.equal(subscribed([]).matches(frame("")), false);
});

test("a topic matches itself (test_check_added_entry)", () => {
  assert.equal(subscribed(["entry"]).matches(frame("entry")), true);
});

test("what topics have in common does not match (test_check_common_prefix)", () => {
  assert.equal(subscribed(["introduce", "introspect"]).matches(frame("intro")), false);
});

test("the beginning of a topic does not match (test_check_prefix)", () => {
  const subscriptions = subscribed(["toasted"]);
  for (const text of ["toast", "toaste", "toaster"]) assert.equal(subscriptions.matches(frame(text)), false);
});

test("another topic does not match (test_check_nonexistent_entry)", () => {
  assert.equal(subscribed(["red"]).matches(frame("blue")), false);
});

test("RFC 29: a topic matches every message that begins with it (test_check_query_longer_than_entry)", () => {
  assert.equal(subscribed(["foo"]).matches(frame("foobar")), true);
});

test("RFC 29: the empty topic matches every message (test_check_null_entry_added)", () => {
  const subscriptions = subscribed([""]);
  for (const text of ["", "all queries", "return true"]) assert.equal(subscriptions.matches(frame(text)), true);
});

test("the size is that of distinct topics (test_size)", () => {
  const topics = ["tester", "water", "slow", "slower", "test", "team", "toast"];
  const subscriptions = new Subscriptions();
  for (const [at, topic] of topics.entries()) {
    assert.equal(subscriptions.add(frame(topic)), true);
    assert.equal(subscriptions.size, at + 1);
    assert.equal(subscriptions.add(frame(topic)), false);
  }
  for (const [at, topic] of topics.entries()) {
    subscriptions.remove(frame(topic));
    assert.equal(subscriptions.remove(frame(topic)), true);
    assert.equal(subscriptions.size, topics.length - at - 1);
  }
});

test("each topic is named once, in order (test_apply)", () => {
  const topics = ["tester", "water", "slow", "slower", "test", "team", "toast"];
  const subscriptions = subscribed([...topics, ...topics]);
  assert.deepEqual(Array.from(subscriptions.topics(), textOf), topics.sort());
});

test("a topic is copied: its memory may be used again", () => {
  const topic = frame("topic");
  const subscriptions = new Subscriptions();
  subscriptions.add(topic);
  topic.fill(0);
  assert.deepEqual(Array.from(subscriptions.topics(), textOf), ["topic"]);
  assert.equal(subscriptions.matches(frame("topic")), true);
});

test("any sequence of topics added and removed is as a plain list of them", () => {
  const topic = fc.string({ unit: fc.constantFrom("a", "b", "\0", "\xff"), maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ topic, add: fc.boolean() }), { maxLength: 60, size: "max" }),
      topic,
      (steps, message) => {
        const subscriptions = new Subscriptions();
        const list: string[] = [];
        for (const step of steps) {
          const others = list.filter((each) => each === step.topic).length;
          if (step.add) {
            list.push(step.topic);
            assert.equal(subscriptions.add(frame(step.topic)), others === 0);
          } else {
            if (others > 0) list.splice(list.indexOf(step.topic), 1);
            assert.equal(subscriptions.remove(frame(step.topic)), others === 1);
          }
          assert.equal(subscriptions.size, new Set(list).size);
          assert.equal(
            subscriptions.matches(frame(message)),
            list.some((each) => message.startsWith(each)),
          );
        }
        assert.deepEqual(Array.from(subscriptions.topics(), textOf), [...new Set(list)].sort());
      },
    ),
  );
});
