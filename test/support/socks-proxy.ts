import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { until } from "../conformance/recorders.ts";

/** How a proxy behaves. */
export interface Manners {
  /** Credentials it wants; without any, it wants none. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Replies with this instead of connecting. */
  readonly reply?: number;
  /** Kind of the address in its reply: 1, 3 or 4. */
  readonly kind?: 1 | 3 | 4;
  /** Sends this instead of any SOCKS. */
  readonly says?: string;
  /** Takes connections and never answers. */
  readonly mute?: true;
  /** Sends its answers byte by byte. */
  readonly slow?: true;
}

const ADDRESSES = { 1: "01 00000000", 3: "03 05 70726f7879", 4: "04 00000000000000000000000000000000" } as const;

/** A SOCKS5 proxy (RFC 1928, RFC 1929), as small as a test needs. Names are looked up here: all are this machine. */
export class SocksProxy {
  /** What was asked for: "name:port". */
  readonly targets: string[] = [];
  readonly logins: string[] = [];
  connections = 0;
  readonly #manners: Manners;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  private constructor(manners: Manners) {
    this.#manners = manners;
    this.#server = createServer((client) => void this.#serve(client).catch(() => client.destroy()));
  }

  static async start(t: TestContext, manners: Manners = {}): Promise<SocksProxy> {
    const proxy = new SocksProxy(manners);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    t.after(() => proxy.stop());
    return proxy;
  }

  /** host:port, as the option takes it. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on tcp
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  async #serve(client: Socket): Promise<void> {
    this.connections++;
    this.#keep(client);
    const { login, mute, says } = this.#manners;
    if (mute === true) return;
    if (says !== undefined) {
      client.end(says);
      return;
    }
    const [, count = 0] = await take(client, 2);
    const methods = await take(client, count);
    const method = login === undefined ? 0 : 2;
    await this.#say(client, methods.includes(method) ? `05 0${method}` : "05 ff");
    if (login !== undefined && !(await this.#admits(client))) return void client.end();
    const [, , , , length = 0] = await take(client, 5);
    const name = String(await take(client, length));
    const port = (await take(client, 2)).readUInt16BE();
    this.targets.push(`${name}:${port}`);
    await this.#answer(client, port);
  }

  async #admits(client: Socket): Promise<boolean> {
    const [, length = 0] = await take(client, 2);
    const username = String(await take(client, length));
    const [size = 0] = await take(client, 1);
    const password = size === 0 ? "" : String(await take(client, size));
    this.logins.push(`${username}/${password}`);
    const { login } = this.#manners;
    const known = username === login?.username && password === login.password;
    await this.#say(client, known ? "01 00" : "01 01");
    return known;
  }

  async #answer(client: Socket, port: number): Promise<void> {
    const { reply = 0, kind = 1 } = this.#manners;
    if (reply !== 0) {
      await this.#say(client, `05 0${reply} 00 01 00000000 0000`);
      return void client.end();
    }
    const target = this.#keep(connect(port, "127.0.0.1"));
    await until("the target", () => target.readyState === "open");
    await this.#say(client, `05 00 00 ${ADDRESSES[kind]} 0000`);
    client.pipe(target).pipe(client);
  }

  async #say(client: Socket, hex: string): Promise<void> {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    if (this.#manners.slow !== true) return void client.write(bytes);
    for (const byte of bytes) {
      await new Promise((resolve) => client.write(Buffer.of(byte), resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.setNoDelay(true).on("error", () => socket.destroy());
  }
}

/** Exactly so many bytes; fails when the connection ends first. */
async function take(from: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const bytes = from.read(size) as Buffer | null;
    if (bytes !== null) return bytes;
    if (from.destroyed || from.readableEnded) throw new Error("the client is gone");
    await new Promise<void>((resolve) => {
      const go = (): void => {
        from.off("readable", go).off("close", go);
        resolve();
      };
      from.on("readable", go).on("close", go);
    });
  }
}
