import type { MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import { onePart } from "./beside.ts";
import { equip, type Sending } from "./methods.ts";
import { PushPattern } from "./push.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 49 "SCATTER": a PUSH whose messages have one part. */
export const SCATTER: SocketType = socketType({
  name: "SCATTER",
  number: 17,
  className: "Scatter",
  peers: ["GATHER"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: true,
  receives: false,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Hands each message to the next GATHER that has room.",
  pattern: (host) => onePart(new PushPattern(host)),
});

/** Hands each message, of one part, to the next connected {@link Gather} that has room (RFC 49). */
export class Scatter extends Socket {
  constructor(options?: SocketOptions<Scatter>) {
    super(SCATTER.number, options);
  }
}
export interface Scatter extends Sending<MessageLike>, OptionsOf<"SCATTER"> {}
equip(Scatter, SCATTER);
