import assert from "node:assert/strict";
import { test } from "node:test";
import { noDrops, type Drops } from "../../src/observe/drops.ts";
import { dropped, METRICS, unaccounted, type PeerStats } from "../../src/observe/metrics.ts";

const NONE = {
  messagesSent: 0,
  messagesGenerated: 0,
  messagesDelivered: 0,
  messagesReceived: 0,
  messagesTaken: 0,
  queuedOut: 0,
  queuedIn: 0,
  hwmHitsOut: 0,
  hwmHitsIn: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

function stats(counts: Partial<typeof NONE>, drops: Partial<Drops> = {}): PeerStats {
  return { ...NONE, ...counts, drops: { ...noDrops(), ...drops } };
}

test("nothing is unaccounted for when every message was delivered, queued or dropped", () => {
  const out = { messagesSent: 5, messagesGenerated: 3, messagesDelivered: 4, queuedOut: 2 };
  const into = { messagesReceived: 9, messagesTaken: 6, queuedIn: 1 };
  assert.equal(unaccounted(stats({ ...out, ...into }, { "no-peer": 1, "peer-lost": 1, filtered: 1, unread: 1 })), 0);
});

test("a message that vanished shows, out and in", () => {
  assert.equal(unaccounted(stats({ messagesSent: 2, messagesDelivered: 1 })), 1);
  assert.equal(unaccounted(stats({ messagesReceived: 2, messagesTaken: 1 })), 1);
});

test("a message counted twice shows as negative, even if the other way lacks one", () => {
  assert.equal(unaccounted(stats({ messagesDelivered: 1, messagesReceived: 1 })), -1);
});

test("a reason with both ways fills what either side lacks, and no more", () => {
  assert.equal(unaccounted(stats({ messagesSent: 1, messagesReceived: 1 }, { refused: 2 })), 0);
  assert.equal(unaccounted(stats({ messagesSent: 1 }, { refused: 2 })), -1);
});

test("drops are summed by way", () => {
  const drops = { ...noDrops(), "no-peer": 1, unroutable: 2, refused: 4, filtered: 8, incomplete: 16, "too-big": 32 };
  assert.deepEqual([dropped(drops, "out"), dropped(drops, "both"), dropped(drops, "in")], [3, 36, 24]);
});

test("gauges are what is so now, and every metric has a sentence", () => {
  const gauges = Object.entries(METRICS).filter(([, row]) => row.kind === "gauge");
  assert.deepEqual(
    gauges.map(([name]) => name),
    ["queuedOut", "queuedIn", "peers"],
  );
  for (const [name, row] of Object.entries(METRICS)) assert.match(row.doc, /\.$/, name);
});
