import type { MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import { frames, onePart } from "./beside.ts";
import { DealerPattern } from "./dealer.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 41 "CLIENT": a DEALER whose messages have one part. */
export const CLIENT: SocketType = socketType({
  name: "CLIENT",
  number: 13,
  className: "Client",
  peers: ["SERVER"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  inbound: frames(1),
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Sends to each SERVER in turn and receives from each in turn, without any order between the two.",
  pattern: (host) => onePart(new DealerPattern(host)),
});

/** Sends to the next {@link Server} that has room and receives from each in turn (RFC 41). Messages have one part. */
export class Client extends Socket {
  constructor(options?: SocketOptions<Client>) {
    super(CLIENT.number, options);
  }
}
export interface Client extends Sending<MessageLike>, Receiving<[Buffer]>, OptionsOf<"CLIENT"> {}
equip(Client, CLIENT);
