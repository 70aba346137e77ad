import { printable } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import { RouterPattern } from "./router.ts";
import { connectNamed, Socket, type ConnectOptions, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * STREAM (libzmq.md 1.2): raw bytes, with the peer's routing id as the first frame, both ways. [id, empty] says that a
 * peer came or went; sent, it ends that peer's connection.
 */
class StreamPattern extends RouterPattern {
  override send(message: Message): boolean {
    const id = message[0] as Uint8Array; // a message has a frame
    const pipe = this.book.lookup(id);
    if (pipe === undefined || !pipe.alive) {
      throw new ZmqError("EHOSTUNREACH", { hint: `no peer has the routing id ${printable(id)}` });
    }
    return this.writeRaw(pipe, message);
  }

  override get canSend(): boolean {
    return true;
  }
}

export const STREAM: SocketType = socketType({
  name: "STREAM",
  number: 11,
  className: "Stream",
  peers: [],
  wire: "raw",
  identifies: false,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "error",
  connectsOnce: false,
  doc: "Talks raw TCP with any program; the first frame names the connection.",
  pattern: (host) => new StreamPattern(host),
});

/** Talks raw TCP (or ipc) with programs that know nothing of ZeroMQ: messages are [routing id, bytes], both ways. */
export class Stream extends Socket {
  constructor(options?: SocketOptions<Stream>) {
    super(STREAM.number, options);
  }

  /** As {@link Socket.connect}; `routingId` is how this side will know the peer. */
  override connect(address: string, options?: ConnectOptions): void {
    connectNamed(this, address, options);
  }
}
export interface Stream extends Sending, Receiving<[Buffer, Buffer]>, OptionsOf<"STREAM"> {}
equip(Stream, STREAM);
