import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { SOCKETS } from "../../src/sockets/index.ts";
import { Program } from "../support/program.ts";

/** What each example prints. */
const OUTPUT: Readonly<Record<string, readonly string[]>> = {
  abort: ["EAGAIN: nothing came in 20 ms", "Error: no longer interested", "iteration: TimeoutError"],
  "await-using": ["sent just before the end"],
  batches: ["100000 messages in few batches"],
  datagram: ["5 bytes", "0 bytes", "1000 bytes"],
  channel: ["main got READY", "worker got thanks", "main got DONE"],
  client: [
    "0 squared is 0",
    "1 squared is 1",
    "2 squared is 4",
    "3 squared is 9",
    "a server was asked 2 times",
    "a server was asked 2 times",
  ],
  dealer: [
    "0 squared is 0",
    "1 squared is 1",
    "2 squared is 4",
    "3 squared is 9",
    "a server was asked 2 times",
    "a server was asked 2 times",
  ],
  dish: ["sun", "a jam", "traffic: free again; dropped here: 1"],
  drain: [
    "complete: true, delivered: 1000, still queued: 0",
    "1 message waits for tcp://127.0.0.1:1, connected: false",
  ],
  events: ["bind", "accept", "handshake: a PUSH is here", "disconnect: the peer closed the connection", "close", "end"],
  gather: ["a1 a2 b1 b2 c1 c2"],
  lending: ["50 of 50 pictures are right", "most of their memory was used again: true"],
  metadata: [
    "worker-1: hello",
    "Socket-Type = DEALER",
    "Identity = worker-1",
    "X-Room = kitchen",
    "Peer-Address = 127.0.0.1",
  ],
  "on-message": ["got first", "got second", "got last"],
  pair: ["main got READY", "worker got thanks", "main got DONE"],
  peer: ["went round: 0 1 2", "it came from somebody else than it went to: true"],
  proxy: ["reply: ping pong", "captured: ping, ping pong", "clients sent 1 message, services 1"],
  publisher: ["news: hello", "dropped: 1 without a peer, 1 without a subscriber"],
  pull: ["quiet was heard while loud still spoke"],
  push: ["a worker got 3 tasks", "a worker got 3 tasks", "a worker got 3 tasks"],
  radio: [
    "news: rain tomorrow",
    "news: rain tomorrow",
    "sport: two to one",
    "the third got 0 messages",
    "dropped, as nobody was in the group: 1",
  ],
  threads: [
    "the squares of 1 to 9 add up to 285; 3 threads found them",
    "the workers are gone, and their connections with them",
  ],
  transfer: ["the main thread got one", "the worker got two", "the worker got three", "the worker got four"],
  ready: [
    'Operation was not possible or timed out: 0 of 3 subscribers for "news" are there',
    "news for all",
    "news for all",
    "news for all",
  ],
  reply: ['ann got "hello ann"', 'bob got "hello bob"', 'cid got "hello cid"'],
  request: ["no reply yet, asking again", "reply: attempt 2 answered"],
  router: [
    "red is here",
    "blue is here",
    'blue got "only for blue"',
    'EHOSTUNREACH: Host unreachable: no peer has the routing id "green"',
  ],
  scatter: [
    "a worker got 2 tasks",
    "a worker got 2 tasks",
    "EINVAL: Invalid argument: a message of this type of socket has one part, not 2",
  ],
  server: ['ann got "hello ann"', 'bob got "hello bob"', 'cid got "hello cid"'],
  stats: ["sent 10 = delivered 5 + queued 0 + dropped 5", "SUB speaks ZMTP 3.1 with NULL; 5 messages"],
  stream: ["200 Hello from STREAM"],
  subscriber: ["rain in Paris", "rainbow over London"],
  udp: ["weather: rain", "news: nothing new", "too big: 1, not wanted: 1"],
  xpublisher: ["wind: 5 m/s"],
  xsubscriber: ["news of the day"],
};

/** Example programs by name, those of the Guide among them. */
const folder = new URL("../../../examples/", import.meta.url);
const sources = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts")); // strings, as no encoding was asked for

for (const [name, output] of Object.entries(OUTPUT)) {
  test(`example ${name} prints what it should, and ends`, async (t) => {
    assert.deepEqual(await Program.example(t, name).end(), output);
  });
}

test("every example outside the Guide is run", () => {
  const own = sources.filter((file) => !file.includes("guide")).map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(own.sort(), Object.keys(OUTPUT).sort());
});

test("every example of the Guide is run", () => {
  const tests = ["guide.test.ts", "houses.test.ts", "synchronized.test.ts", "threads.test.ts"].map((file) =>
    readFileSync(new URL(`../test/examples/${file}`, folder), "utf8"),
  );
  for (const file of sources.filter((each) => each.includes("guide"))) {
    const name = file.replace(/.*[/\\]|\.ts$/g, "");
    assert.ok(new RegExp(`["/]${name}"`).test(tests.join("\n")), `no test runs ${name}`);
  }
});

test("every socket type has an example", () => {
  for (const { className } of SOCKETS) assert.ok(sources.includes(`${className.toLowerCase()}.ts`), className);
});

test("an example has at most 60 lines", () => {
  for (const file of sources) {
    const lines = readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n").length;
    assert.ok(lines <= 60, `${file} has ${lines}`);
  }
});
