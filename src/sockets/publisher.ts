import type { OptionsOf } from "../options/table.ts";
import { equip, type Sending } from "./methods.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";
import { PublisherPattern } from "./xpub.ts";

export const PUB: SocketType = socketType({
  name: "PUB",
  number: 1,
  className: "Publisher",
  peers: ["SUB", "XSUB"],
  wire: "zmtp",
  identifies: false,
  publishes: true,
  sends: true,
  receives: false,
  whenMute: "drop",
  connectsOnce: true,
  doc: "Sends each message to every subscriber whose topics match its first frame; drops it where the queue is full.",
  pattern: (host) => new PublisherPattern(host, false),
});

/**
 * Sends each message to every {@link Subscriber} with a topic that its first frame begins with (RFC 29). Never waits: a
 * subscriber whose queue is full misses the message, which is counted.
 */
export class Publisher extends Socket {
  constructor(options?: SocketOptions<Publisher>) {
    super(PUB.number, options);
  }
}
export interface Publisher extends Sending, OptionsOf<"PUB"> {}
equip(Publisher, PUB);
