import { Push, Reply, type Socket } from "../../index.ts";

/** The other side of a measurement: a socket that works by itself once it is started. */
export type Partner = (address: string, size: number) => Socket;

export const PARTNERS: Readonly<Record<"push" | "reply", Partner>> = {
  /** Sends messages of a size, as fast as they are taken. */
  push(address, size) {
    const socket = new Push({ linger: 0 });
    const message = Buffer.alloc(size, 1);
    socket.connect(address);
    void untilClosed(socket, () => socket.send(message));
    return socket;
  },

  /** Returns what it receives. */
  reply(address) {
    const socket = new Reply({ linger: 0 });
    socket.connect(address);
    void untilClosed(socket, async () => socket.send(await socket.receive()));
    return socket;
  },
};

export type PartnerName = keyof typeof PARTNERS;

async function untilClosed(socket: Socket, step: () => Promise<void>): Promise<void> {
  try {
    while (!socket.closed) await step();
  } catch (error) {
    if (!socket.closed) throw error;
  }
}
