import assert from "node:assert/strict";
import { test } from "node:test";
import * as draft from "../src/draft.ts";
import { capability, Socket } from "../src/index.ts";
import { OPTIONS } from "../src/options/table.ts";
import { CLASSES, hasOnePart } from "./conformance/dialog.ts";
import { SOCKETS } from "../src/sockets/index.ts";

/** What zeromq.js' module has. */
const OF_ZEROMQJS = ["Client", "Datagram", "Dish", "Gather", "Radio", "Scatter", "Server"];

test("zeromq.js: the names are its seven, and Channel and Peer", () => {
  assert.deepEqual(Object.keys(draft).sort(), [...OF_ZEROMQJS, "Channel", "Peer"].sort());
  assert.equal(capability.draft, true);
});

test("loading them prints no warning", async () => {
  const warnings: unknown[] = [];
  const hear = (warning: unknown): void => void warnings.push(warning);
  process.on("warning", hear);
  await import(`../src/draft.js?${Date.now()}`);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", hear);
  assert.deepEqual(warnings, []);
});

test("test_thread_safe/test_client_getsockopt_thread_safe, test_server_getsockopt_thread_safe: threadSafe is true of what libzmq lets several threads use", () => {
  for (const type of SOCKETS) {
    const { threadSafe } = new (CLASSES.get(type.className) as new () => { threadSafe: boolean; close(): void })();
    assert.equal(threadSafe, hasOnePart(type), type.name);
  }
  assert.equal(OPTIONS.threadSafe.default, false);
});

test("new Socket(number) makes them too, without the methods of their classes", () => {
  for (const number of [12, 13, 14, 15, 16, 17, 19, 20]) {
    const socket = new Socket(number);
    assert.equal(socket.type, number);
    assert.equal("send" in socket || "receive" in socket || "join" in socket, false);
    socket.close();
  }
});

test("each socket has the options that libzmq and zeromq.js give its type", () => {
  const has = (socket: Socket, ...options: string[]): void => {
    for (const option of options) assert.ok(option in socket, `${socket.constructor.name}.${option}`);
    socket.close();
  };
  has(new draft.Server(), "helloMessage", "disconnectMessage", "sendTimeout", "receiveHighWaterMark");
  has(new draft.Client(), "helloMessage", "hiccupMessage");
  has(new draft.Peer(), "helloMessage", "disconnectMessage", "hiccupMessage");
  has(new draft.Radio(), "noDrop", "maxSubscriptions", "sendHighWaterMark");
  has(new draft.Gather(), "conflate");
  has(new draft.Scatter(), "conflate");
  const dish = new draft.Dish();
  assert.equal(dish.linger, 0);
  assert.equal("sendHighWaterMark" in dish, false);
  dish.close();
});
