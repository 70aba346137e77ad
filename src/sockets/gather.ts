import type { OptionsOf } from "../options/table.ts";
import { frames } from "./beside.ts";
import { equip, type Receiving } from "./methods.ts";
import { PullPattern } from "./pull.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

export const GATHER: SocketType = socketType({
  name: "GATHER",
  number: 16,
  className: "Gather",
  peers: ["SCATTER"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  inbound: frames(1),
  sends: false,
  receives: true,
  whenMute: "never sends",
  connectsOnce: false,
  doc: "Takes one message from each SCATTER in turn.",
  pattern: (host) => new PullPattern(host),
});

/** Takes one message, of one part, from each connected {@link Scatter} in turn (RFC 49). */
export class Gather extends Socket {
  constructor(options?: SocketOptions<Gather>) {
    super(GATHER.number, options);
  }
}
export interface Gather extends Receiving<[Buffer]>, OptionsOf<"GATHER"> {}
equip(Gather, GATHER);
