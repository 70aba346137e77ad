import assert from "node:assert/strict";
import * as zmq from "../../src/index.ts";
import type { Message, MessageLike } from "../../src/base/message.ts";
import type { SocketType } from "../../src/sockets/type.ts";

/** Any socket, with what only some have; which, its type says. */
export interface AnySocket extends zmq.Socket {
  send(message: MessageLike | readonly MessageLike[], options?: { timeout?: number }): Promise<void>;
  trySend(message: MessageLike | readonly MessageLike[]): boolean;
  receive(options?: { timeout?: number }): Promise<Buffer[]>;
  tryReceive(): Buffer[] | undefined;
}

/** A new socket of a type, by its public class. */
export function create(type: SocketType, options: object = {}): AnySocket {
  const classes = zmq as unknown as Record<string, new (options: object) => AnySocket>; // by className, which a test checks
  const Class = classes[type.className];
  assert.ok(Class, `there is no class ${type.className}`);
  const named = type.name === "DEALER" || type.name === "ROUTER" || type.name === "REQ";
  return new Class(named ? { routingId: `a ${type.name}`, ...options } : options);
}

/** One end of a conversation: a socket, and its type. */
export interface Side {
  readonly type: SocketType;
  readonly socket: AnySocket;
}

/** Types by how gladly they begin: a REP only answers, a ROUTER has to be asked by a REQ. */
const LAST_TO_BEGIN = ["ROUTER", "REP"];

/** Who speaks first. */
export function inOrder(one: Side, other: Side): [Side, Side] {
  const eager = (side: Side, to: Side): number =>
    side.type.sends && to.type.receives && side.type.name !== "XSUB" ? -LAST_TO_BEGIN.indexOf(side.type.name) : -9;
  return eager(one, other) >= eager(other, one) ? [one, other] : [other, one];
}

/** What a socket has to be asked for before anything is published to it. */
export async function subscribe(to: Side, from: Side): Promise<void> {
  if (to.socket instanceof zmq.Subscriber) to.socket.subscribe("");
  else if (to.type.name === "XSUB") await to.socket.send(Uint8Array.of(1));
  else return;
  await from.socket.ready({ subscribers: 1, timeout: 5000 });
}

/** Frames of `body` as `from` has to send them so that `to` takes them. */
export function addressed(from: Side, to: Side, body: readonly MessageLike[]): readonly MessageLike[] {
  const pair = `${from.type.name} to ${to.type.name}`;
  if (pair === "DEALER to REP") return ["", ...body];
  if (pair === "ROUTER to REQ") return [`a ${to.type.name}`, "", ...body];
  return from.type.name === "ROUTER" ? [`a ${to.type.name}`, ...body] : body;
}

/** Sends `body` and receives it at the other end. Subscriptions that an XPUB receives before it are no part of it. */
export async function deliver(from: Side, to: Side, body: readonly string[]): Promise<void> {
  await from.socket.send(addressed(from, to, body), { timeout: 5000 });
  let message: Message;
  do message = await to.socket.receive({ timeout: 5000 });
  while (to.type.name === "XPUB" && message[0]?.[0] === 1);
  assert.deepEqual(message.slice(-body.length).map(String), body, `${from.type.name} to ${to.type.name}`);
}
