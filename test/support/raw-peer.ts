import { connect, createServer, type AddressInfo, type Server, type Socket as Stream } from "node:net";
import type { TestContext } from "node:test";
import { until } from "../conformance/recorders.ts";

/** RFC 37 greeting: signature, version 3.1, mechanism NULL, not a server, filler. */
export const GREETING: Buffer = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]),
  Buffer.from("NULL".padEnd(20, "\0")),
  Buffer.alloc(32),
]);

/** A READY command (RFC 37), with what a peer says of itself. */
export function ready(socketType: string, routingId = ""): Buffer {
  const property = (name: string, value: string): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(value.length);
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), size, Buffer.from(value)]);
  };
  const body = Buffer.concat([
    Buffer.from("\x05READY"),
    property("Socket-Type", socketType),
    ...(routingId === "" ? [] : [property("Identity", routingId)]),
  ]);
  return Buffer.concat([Buffer.from([4, body.length]), body]);
}

/** One short frame of a message. */
export function frame(body: string, more: boolean): Buffer {
  return Buffer.concat([Buffer.from([more ? 1 : 0, body.length]), Buffer.from(body)]);
}

/** All frames of a message. */
export function frames(...bodies: string[]): Buffer {
  return Buffer.concat(bodies.map((body, index) => frame(body, index < bodies.length - 1)));
}

/** The other end of a connection, without any ZeroMQ in it: it sends and receives bytes. */
export class RawPeer {
  readonly stream: Stream;
  received: Buffer = Buffer.alloc(0);
  closed = false;

  constructor(stream: Stream) {
    this.stream = stream;
    stream.on("data", (bytes) => (this.received = Buffer.concat([this.received, bytes])));
    stream.on("error", () => undefined);
    stream.on("close", () => (this.closed = true));
  }

  /** Connects to a bound socket. */
  static async dial(t: TestContext, endpoint: string): Promise<RawPeer> {
    const [, scheme, rest = ""] = /^(\w+):\/\/(.*)$/.exec(endpoint) ?? [];
    const [host, port] = rest.split(":");
    const stream = scheme === "ipc" ? connect(rest) : connect(Number(port), host);
    t.after(() => stream.destroy());
    const peer = new RawPeer(stream);
    await until(`a connection to ${endpoint}`, () => stream.readyState === "open");
    return peer;
  }

  send(...bytes: Buffer[]): void {
    this.stream.write(Buffer.concat(bytes));
  }

  /** Does the NULL handshake as a peer of a type. */
  async shake(socketType: string, routingId = ""): Promise<void> {
    this.send(GREETING, ready(socketType, routingId));
    await until("the other side's READY", () => this.received.includes("READY") || this.closed);
  }

  async gets(what: string): Promise<void> {
    await until(`bytes ${JSON.stringify(what)}`, () => this.received.includes(what));
  }

  async ends(): Promise<void> {
    await until("the end of the connection", () => this.closed);
  }
}

/** A listener without any ZeroMQ in it. */
export class RawHost {
  readonly peers: RawPeer[] = [];
  endpoint = "";
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (stream) => this.peers.push(new RawPeer(stream)));
  }

  static async listen(t: TestContext): Promise<RawHost> {
    const server = createServer();
    const host = new RawHost(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host.endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on tcp
    t.after(() => host.close());
    return host;
  }

  close(): void {
    for (const peer of this.peers) peer.stream.destroy();
    this.#server.close();
  }

  async accepts(count = 1): Promise<RawPeer> {
    await until(`connection ${count}`, () => this.peers.length >= count);
    return this.peers[count - 1] as RawPeer; // there are as many
  }
}
