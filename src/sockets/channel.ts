import type { MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import { frames, onePart } from "./beside.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import { PairPattern } from "./pair.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 52 "CHANNEL": a PAIR whose messages have one part. */
export const CHANNEL: SocketType = socketType({
  name: "CHANNEL",
  number: 20,
  className: "Channel",
  peers: ["CHANNEL"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  inbound: frames(1),
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Talks with exactly one other CHANNEL.",
  pattern: (host) => onePart(new PairPattern(host, "CHANNEL")),
});

/** Talks with exactly one other Channel, in messages of one part (RFC 52). */
export class Channel extends Socket {
  constructor(options?: SocketOptions<Channel>) {
    super(CHANNEL.number, options);
  }
}
export interface Channel extends Sending<MessageLike>, Receiving<[Buffer]>, OptionsOf<"CHANNEL"> {}
equip(Channel, CHANNEL);
