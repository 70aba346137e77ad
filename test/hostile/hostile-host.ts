import net from "node:net";

/** A server that gives everybody who connects one answer, and tells when they are gone. */
export interface HostileHost {
  readonly endpoint: string;
  readonly port: number;
  /** How many have connected. */
  count(): number;
  close(): void;
}

/** Listens on every address of 127.0.0.0/8, so that one socket can dial it under many endpoints. */
export async function hostileHost(answer: (stream: net.Socket) => void): Promise<HostileHost> {
  const streams: net.Socket[] = [];
  let count = 0;
  const listening = net.createServer({ allowHalfOpen: false }, (stream) => {
    count++;
    streams.push(stream);
    stream.on("error", () => undefined).resume();
    answer(stream);
  });
  await new Promise<void>((resolve) => listening.listen({ port: 0, host: "0.0.0.0", backlog: 1024 }, resolve));
  const { port } = listening.address() as net.AddressInfo; // it listens on tcp
  const close = (): void => {
    for (const stream of streams) stream.destroy();
    listening.close();
  };
  return { endpoint: `tcp://127.0.0.1:${port}`, port, count: () => count, close };
}
