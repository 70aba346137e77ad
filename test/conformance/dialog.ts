import assert from "node:assert/strict";
import type { Message, MessageLike } from "../../src/base/message.ts";
import * as draft from "../../src/draft.ts";
import * as zmq from "../../src/index.ts";
import { OPTIONS } from "../../src/options/table.ts";
import { coreOf } from "../../src/sockets/core-of.ts";
import type { ServerPattern } from "../../src/sockets/server.ts";
import type { SocketType } from "../../src/sockets/type.ts";

/** Any socket, with what only some have; which, its type says. */
export interface AnySocket extends zmq.Socket {
  send(message: MessageLike | readonly MessageLike[], options?: To): Promise<void>;
  trySend(message: MessageLike | readonly MessageLike[], options?: To): boolean;
  receive(options?: { timeout?: number }): Promise<Buffer[]>;
  tryReceive(): Buffer[] | undefined;
}

/** How long to wait, and, for types that have to be told, whom a message is for. */
export interface To {
  readonly timeout?: number;
  readonly group?: string;
  readonly routingId?: number;
}

/** Every public class of a socket, by name. */
export const CLASSES: ReadonlyMap<string, unknown> = new Map(Object.entries({ ...zmq, ...draft }));

/** libzmq's thread-safe types have messages of one part. */
export function hasOnePart(type: SocketType): boolean {
  return type.name in OPTIONS.threadSafe.defaultFor;
}

/** A message that the type can send, with the same words. */
export function fitting(type: SocketType, body: readonly string[]): readonly string[] {
  return hasOnePart(type) ? [body.join(" ")] : body;
}

/** The group of all conversations here. */
const GROUP = "group";

/** What has to be said beside a message, to whoever is there; a peer's number, if it is not this one. */
export function to({ type, socket }: Side, number?: number): To {
  if (type.beside === undefined) return {};
  if (type.beside.property === "group") return { group: GROUP };
  return { routingId: number ?? (coreOf(socket).pattern as ServerPattern).last }; // of such types
}

/** A new socket of a type, by its public class. */
export function create(type: SocketType, options: object = {}): AnySocket {
  const Class = CLASSES.get(type.className) as (new (options: object) => AnySocket) | undefined; // which a test checks
  assert.ok(Class, `there is no class ${type.className}`);
  const named = type.name === "DEALER" || type.name === "ROUTER" || type.name === "REQ";
  return new Class(named ? { routingId: `a ${type.name}`, ...options } : options);
}

/** One end of a conversation: a socket, and its type. */
export interface Side {
  readonly type: SocketType;
  readonly socket: AnySocket;
}

/** What is known of the other end where it is in another thread. */
type Typed = Pick<Side, "type">;

/** Types by how gladly they begin: a REP only answers, a ROUTER has to be asked by a REQ. */
const LAST_TO_BEGIN = ["ROUTER", "REP"];

/** Who speaks first. */
export function inOrder<One extends Typed, Other extends Typed>(one: One, other: Other): [One, Other] | [Other, One] {
  const eager = (side: Typed, to: Typed): number =>
    side.type.sends && to.type.receives && side.type.name !== "XSUB" ? -LAST_TO_BEGIN.indexOf(side.type.name) : -9;
  return eager(one, other) >= eager(other, one) ? [one, other] : [other, one];
}

/** What a socket has to be asked for before anything is published to it. */
export async function subscribe(to: Side, from: Side): Promise<void> {
  if (await ask(to)) await asked(from);
}

/** The half of the one who subscribes; whether its type does. */
export async function ask({ socket, type }: Side): Promise<boolean> {
  if (socket instanceof zmq.Subscriber) socket.subscribe("");
  else if (type.name === "XSUB") await socket.send(Uint8Array.of(1));
  else if (socket instanceof draft.Dish) socket.join(GROUP);
  else return false;
  return true;
}

/** The half of the one who publishes. */
export async function asked({ socket }: Side): Promise<void> {
  await socket.ready({ subscribers: 1, topic: GROUP, timeout: 5000 });
}

/** Frames of `body` as `from` has to send them so that `to` takes them. */
export function addressed(from: Typed, to: Typed, body: readonly MessageLike[]): readonly MessageLike[] {
  const pair = `${from.type.name} to ${to.type.name}`;
  if (pair === "DEALER to REP") return ["", ...body];
  if (pair === "ROUTER to REQ") return [`a ${to.type.name}`, "", ...body];
  return from.type.name === "ROUTER" ? [`a ${to.type.name}`, ...body] : body;
}

/** Sends `body` and receives it at the other end. */
export async function deliver(from: Side, into: Side, words: readonly string[]): Promise<void> {
  await say(from, into, words);
  await hear(into, from, words);
}

/** Sends `body` to the other end. */
export async function say(from: Side, into: Typed, words: readonly string[]): Promise<void> {
  const body = fitting(from.type, words);
  await from.socket.send(addressed(from, into, body), { timeout: 5000, ...to(from) });
}

/** Receives `body` from the other end. Subscriptions that an XPUB receives before it are no part of it. */
export async function hear(into: Side, from: Typed, words: readonly string[]): Promise<void> {
  const body = fitting(from.type, words);
  let message: Message;
  do message = await into.socket.receive({ timeout: 5000 });
  while (into.type.name === "XPUB" && message[0]?.[0] === 1);
  const frames = hasOnePart(into.type) ? message.slice(0, 1) : message.slice(-body.length);
  assert.deepEqual(frames.map(String), body, `${from.type.name} to ${into.type.name}`);
}
