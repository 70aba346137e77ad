import { utf8 } from "../../src/base/bytes.ts";
import { Subscriptions, TopicMatcher } from "../../src/routing/subscriptions.ts";
import { MANY, type Task } from "./task.ts";

const TOPICS = 10_000;

/** From one topic to the next: prime to their number, so that neighbours in the tree don't follow each other. */
const STRIDE = 7919;

/** The tree of topics with 10,000 in it: as a publisher asks it, and as a subscriber does. */
export function trieTasks(): Task[] {
  const matcher = new TopicMatcher<object>();
  const subscriptions = new Subscriptions();
  const peers = Array.from({ length: 20 }, () => ({}));
  for (let topic = 0; topic < TOPICS; topic++) {
    const peer = peers[topic % peers.length];
    if (peer !== undefined) matcher.add(nameOf(topic), peer);
    subscriptions.add(nameOf(topic));
  }
  const hits = frames(".");
  const misses = frames(",");
  let found = 0;
  const publisher = (frame: Uint8Array): void => matcher.match(frame, () => found++);
  const subscriber = (frame: Uint8Array): void => {
    if (subscriptions.matches(frame)) found++;
  };
  return [
    asking("publisher, hit", hits, publisher),
    asking("publisher, miss", misses, publisher),
    asking("subscriber, hit", hits, subscriber),
    asking("subscriber, miss", misses, subscriber),
  ];
}

function asking(what: string, asked: readonly Uint8Array[], ask: (frame: Uint8Array) => void): Task {
  const run = (): void => {
    for (const frame of asked) ask(frame);
  };
  return { name: `trie of ${TOPICS} topics: ${what}`, each: asked.length, run };
}

/** Messages that begin with topics, in no order; with another end than the topics have, they miss by one byte. */
function frames(end: string): Uint8Array[] {
  return Array.from({ length: MANY }, (_, at) => utf8(`${name((at * STRIDE) % TOPICS)}${end}${"a".repeat(50)}`));
}

function nameOf(topic: number): Uint8Array {
  return utf8(`${name(topic)}.`);
}

function name(topic: number): string {
  return `t${String(topic).padStart(5, "0")}`;
}
