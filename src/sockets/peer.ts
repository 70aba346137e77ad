import { ZmqError } from "../base/errors.ts";
import type { MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import { frames, ROUTING_ID } from "./beside.ts";
import { coreOf } from "./core-of.ts";
import { equip, type Receiving, type SendingTo } from "./methods.ts";
import { disconnectPeer, ServerPattern, type RoutingOptions } from "./server.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

export const PEER: SocketType = socketType({
  name: "PEER",
  number: 19,
  className: "Peer",
  peers: ["PEER"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  inbound: frames(1),
  beside: ROUTING_ID,
  sends: true,
  receives: true,
  whenMute: "error",
  connectsOnce: false,
  doc: "Talks with any number of PEERs, each named by a number, whoever connected to whom.",
  pattern: (host) => new ServerPattern(host),
});

/** Talks with any number of other Peers, each named by a number of its own here (RFC 51). Messages have one part. */
export class Peer extends Socket {
  constructor(options?: SocketOptions<Peer>) {
    super(PEER.number, options);
  }

  /**
   * As {@link Socket.connect}, and says by which `routingId` this side will know whoever is there: messages may be sent to
   * it at once, and wait for him (zmq_connect_peer).
   *
   * @throws ZmqError EFAULT when `immediate` is set, as then there is nobody to be named yet; and as `connect`
   */
  connectPeer(address: string): number {
    const core = coreOf(this);
    const pattern = core.openPattern as ServerPattern; // of this type
    if (core.options.immediate) throw new ZmqError("EFAULT", { hint: "connectPeer() makes no sense with `immediate`" });
    this.connect(address);
    return pattern.last;
  }

  /** Ends the connection of a peer, and what `connect` or `connectPeer` began: see {@link Server.disconnectPeer}. */
  disconnectPeer(routingId: number): void {
    disconnectPeer(this, routingId);
  }
}
export interface Peer
  extends SendingTo<MessageLike, RoutingOptions>, Receiving<[Buffer, RoutingOptions]>, OptionsOf<"PEER"> {}
equip(Peer, PEER);
