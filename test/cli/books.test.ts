import assert from "node:assert/strict";
import { test } from "node:test";
import { allBooks, balanced, missing, settled } from "../../src/cli/demo/books.ts";
import { LINKS } from "../../src/cli/demo/cast.ts";
import type { PortReport } from "../../src/cli/demo/script.ts";
import { noDrops } from "../../src/observe/drops.ts";

const NOTHING: PortReport = {
  library: "zeromq-ts",
  sent: 0,
  received: 0,
  bytesReceived: 0,
  copies: 0,
  queuedOut: 0,
  queuedIn: 0,
  drops: noDrops(),
  unaccounted: 0,
};

const WEATHER = LINKS.findIndex((link) => link.name === "weather");

function weather(...reports: Readonly<Record<string, Partial<PortReport>>>[]): ReturnType<typeof allBooks>[number] {
  const full = reports.map((ports) =>
    Object.fromEntries(Object.entries(ports).map(([name, report]) => [name, { ...NOTHING, ...report }])),
  );
  const books = allBooks(full)[WEATHER];
  assert.ok(books !== undefined);
  return books;
}

test("every copy that a publisher makes has to arrive, to wait or to be dropped for a reason", () => {
  const books = weather(
    { weather: { sent: 10, copies: 8, queuedOut: 2, drops: { ...noDrops(), "no-subscriber": 3, hwm: 1 } } },
    { listening: { received: 5, bytesReceived: 50 } },
    { listening: { received: 4, queuedIn: 1, drops: { ...noDrops(), filtered: 2 } } },
  );
  assert.equal(books.sent, 18);
  assert.equal(books.received, 9);
  assert.equal(books.bytes, 50);
  assert.equal(books.queued, 3);
  assert.equal(books.dropped, 6);
  assert.deepEqual([...books.reasons.keys()].sort(), ["filtered", "hwm", "no-subscriber"]);
  assert.equal(missing(books), 0);
  assert.equal(balanced(books), true);
  assert.equal(settled(books), false);
});

test("a message that is nowhere unbalances the books", () => {
  const books = weather({ weather: { sent: 2 } }, { listening: { received: 1, drops: null, library: "libzmq" } });
  assert.equal(missing(books), 1);
  assert.equal(balanced(books), false);
});

test("a socket that can't account for a message unbalances the books, even when the sum is right", () => {
  const books = weather({ weather: { sent: 1, unaccounted: 1 } }, { listening: { received: 1, unaccounted: -1 } });
  assert.equal(books.unaccounted, 2);
  assert.equal(balanced(books), false);
});
