import { allocateSmall, printable, readU32, utf8, writeU32 } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Pattern } from "./pattern.ts";
import type { Message, MessageLike } from "../base/message.ts";
import { MAX_GROUP } from "../wire/zmtp/command.ts";
import { toMessage } from "./convert.ts";

/**
 * What goes beside the one body of a message: which group it is for (RADIO, DISH), or who the peer is (SERVER, PEER).
 *
 * Users see `[body, { group }]` and give `send(body, { group })`, as in zeromq.js; all below sees two frames, of which it is
 * the first. On the wire, a group is such a frame too; a routing id never leaves the process.
 */
export interface Beside {
  readonly property: "group" | "routingId";
  /** What a user gave, as a frame; throws a TypeError, or EINVAL. */
  toFrame(value: unknown): Uint8Array;
  fromFrame(frame: Uint8Array): Uint8Array | number;
}

/** Of RADIO and DISH. */
export const GROUP: Beside = { property: "group", toFrame: toGroup, fromFrame: (frame) => frame };

/** Of SERVER and PEER: a number from 1 to 2^32 - 1, in network order. */
export const ROUTING_ID: Beside = {
  property: "routingId",
  toFrame(value) {
    if (value !== undefined && typeof value !== "number") throw new TypeError("A number was expected for routingId");
    if (value === undefined || !Number.isInteger(value) || value < 1 || value > 0xffff_ffff) {
      throw new ZmqError("EINVAL", { hint: `a routing id is a number from 1 to 4294967295, not ${String(value)}` });
    }
    const frame = allocateSmall(4);
    writeU32(frame, 0, value);
    return frame;
  },
  fromFrame: (frame) => readU32(frame, 0),
};

/** RFC 37 "group": 0 to 255 octets, none of them 0, which ends the name in libzmq. Throws a TypeError, or EINVAL. */
export function toGroup(value: unknown): Uint8Array {
  if (value === undefined) throw new ZmqError("EINVAL", { hint: "a group is missing" });
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw new TypeError(`Value must be a string or buffer: group was given ${value === null ? "null" : typeof value}`);
  }
  const group = typeof value === "string" ? utf8(value) : value;
  demandGroup(group);
  if (group.includes(0)) throw new ZmqError("EINVAL", { hint: `no byte of a group is 0: ${printable(group)}` });
  return group;
}

/** Throws EINVAL when it is too long for a group. */
export function demandGroup(frame: Uint8Array): void {
  if (frame.length <= MAX_GROUP) return;
  throw new ZmqError("EINVAL", { hint: `a group has at most ${MAX_GROUP} bytes, not ${frame.length}` });
}

/** What a user sends, as frames; none when there is nothing to send. Throws a TypeError, or EINVAL. */
export function withBeside(beside: Beside, message: MessageLike, options: unknown): Message {
  const parts = toMessage(message);
  if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
  const frame = beside.toFrame((options as Record<string, unknown>)[beside.property]);
  return parts.length === 0 ? [] : [frame, ...parts];
}

/** The message as its user receives it. */
export function shown(beside: Beside, message: Message): [Uint8Array, object] {
  const [frame, body] = message as [Uint8Array, Uint8Array]; // patterns give no other
  return [body, { [beside.property]: beside.fromFrame(frame) }];
}

/** Types without multipart messages: `count` frames below, of which one is the user's. Throws EINVAL. */
export function demandOnePart(message: Message, count: 1 | 2): void {
  if (message.length === count) return;
  const parts = message.length - count + 1;
  throw new ZmqError("EINVAL", { hint: `a message of this type of socket has one part, not ${parts}` });
}

/** A pattern of a type with multipart messages, for one without: what else is as it was. */
export function onePart<P extends Pattern>(pattern: P): P {
  const send = pattern.send.bind(pattern);
  pattern.send = (message) => {
    demandOnePart(message, 1);
    return send(message);
  };
  return pattern;
}

/** What such types make of a message that came with more or less frames: the peer is broken, and the message is dropped. */
export function frames(count: 1 | 2): (message: Message) => true | "drop" {
  return (message) => message.length === count || "drop";
}
