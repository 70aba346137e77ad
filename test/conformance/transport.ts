import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import type {
  ByteStream,
  ListenEvents,
  Listening,
  Transport,
  TransportOptions,
} from "../../src/transports/transport.ts";
import { addressOf, Caller, Host, OPTIONS, Recorder, until } from "./recorders.ts";

/** One transport and how to name places on it. */
export interface TransportCase {
  readonly transport: Transport;
  readonly options?: Partial<TransportOptions>;
  /** Whether it runs without Node's internals: it then listens later, and reads and flushes less exactly. */
  readonly plain?: boolean;
  /** An address to bind that is free. */
  fresh(): string;
  /** An address to connect to where nobody listens. */
  nobody(): string;
}

const MIB = 1024 * 1024;

/** Two ends that are connected; `client` and `server` record. */
export interface Joined {
  readonly client: ByteStream;
  readonly server: ByteStream;
  readonly atClient: Recorder;
  readonly atServer: Recorder;
  readonly listening: Listening;
}

function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >>> 8)) & 255;
  return bytes;
}

/** What every transport that moves bytes must do. */
export function transportSuite(name: string, kind: TransportCase): void {
  const { transport } = kind;
  const options = { ...OPTIONS, ...kind.options };
  const skip = kind.plain === true && "without internals";

  async function listenAt(address: string, events: ListenEvents): Promise<Listening> {
    return skip ? await later(transport, address, events) : transport.listen(address, options, events);
  }

  async function later(of: Transport, address: string, events: ListenEvents): Promise<Listening> {
    assert.ok(of.listenLater);
    return await of.listenLater(address, options, events);
  }

  async function join(begin = true): Promise<Joined> {
    const host = new Host();
    const listening = await listenAt(kind.fresh(), host);
    const caller = new Caller();
    transport.dial(addressOf(listening), options, caller);
    await until("both ends", () => host.streams.length === 1 && caller.streams.length === 1);
    const [client, server] = [caller.streams[0], host.streams[0]];
    assert.ok(client !== undefined && server !== undefined);
    const [atClient, atServer] = [new Recorder(), new Recorder()];
    if (begin) client.begin(atClient);
    if (begin) server.begin(atServer);
    return { client, server, atClient, atServer, listening };
  }

  function part({ client, server, listening }: Joined): void {
    client.close();
    server.close();
    listening.close();
  }

  describe(`${name}: bytes`, () => {
    test("bytes of any size arrive whole and in order, both ways", async () => {
      const joined = await join();
      const { client, server, atClient, atServer } = joined;
      const sizes = [1, 2, 255, 256, 65_535, 65_536, 65_537, MIB + 3];
      const sent = sizes.map(pattern);
      let done = 0;
      for (const bytes of sent) client.write([bytes], (delivered) => (done += Number(delivered)));
      for (const bytes of sent) server.write([bytes], (delivered) => (done += Number(delivered)));
      const whole = concat(sent);
      await until("all bytes", () => atClient.size === whole.length && atServer.size === whole.length);
      assert.ok(Buffer.from(atServer.bytes).equals(whole));
      assert.ok(Buffer.from(atClient.bytes).equals(whole));
      await until("all done", () => done === sizes.length * 2);
      part(joined);
    });

    test("a gathered write of many parts keeps their order", async () => {
      const joined = await join();
      const parts = Array.from({ length: 2500 }, (_, at) => Uint8Array.of(at & 255, at >>> 8));
      let done = 0;
      joined.client.write(parts, (delivered) => (done += Number(delivered)));
      await until("all parts", () => joined.atServer.size === 5000);
      assert.ok(Buffer.from(joined.atServer.bytes).equals(concat(parts)));
      await until("done", () => done === 1);
      part(joined);
    });

    test("bytes that come before begin are kept for it", async () => {
      const joined = await join(false);
      joined.client.begin(joined.atClient);
      joined.client.write([Uint8Array.of(1, 2, 3)], () => undefined);
      await until("written", () => joined.client.pending === 0);
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
      joined.server.begin(joined.atServer);
      await until("the bytes", () => joined.atServer.size === 3);
      part(joined);
    });

    test("the rest of a large body is read into the memory that target gives", { skip }, async () => {
      const joined = await join();
      const body = pattern(MIB);
      joined.client.write([Uint8Array.of(7)], () => undefined);
      await until("the first byte", () => joined.atServer.size === 1);
      const memory = new Uint8Array(MIB);
      // Asked for after each read: the first bytes of the body still come to the stream's own memory.
      joined.client.write([body.subarray(0, 10)], () => undefined);
      await until("the first bytes", () => joined.atServer.size === 11);
      joined.atServer.memory = memory.subarray(11);
      joined.client.write([body.subarray(10, 11)], () => undefined);
      await until("one more", () => joined.atServer.size === 12);
      joined.client.write([body.subarray(11)], () => undefined);
      await until("the body", () => joined.atServer.size === MIB + 1);
      assert.equal(joined.atServer.placed, MIB - 11);
      assert.ok(Buffer.from(memory.subarray(11)).equals(body.subarray(11)));
      part(joined);
    });
  });

  describe(`${name}: flow`, () => {
    test("a slow reader makes write say no; drained follows when it reads on, and nothing is lost", async () => {
      const joined = await join();
      const { client, server, atClient, atServer } = joined;
      server.pause();
      const chunk = pattern(64 * 1024);
      let [writes, done] = [0, 0];
      let room = true;
      while (room) {
        room = client.write([chunk], (delivered) => (done += Number(delivered)));
        writes++;
        assert.ok(writes < 1000, "the kernel takes for ever");
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.ok(client.pending > 0);
      assert.equal(atClient.drains, 0);
      const held = atServer.size;
      assert.ok(done < writes);
      server.resume();
      await until("drained", () => atClient.drains === 1);
      await until("all", () => atServer.size === writes * chunk.length && done === writes);
      assert.ok(held < writes * chunk.length);
      assert.equal(client.pending, 0);
      part(joined);
    });

    test("pause inside received stops what follows until resume", async () => {
      const joined = await join();
      let calls = 0;
      joined.atServer.received = (bytes) => {
        calls++;
        joined.atServer.size += bytes.length;
        joined.server.pause();
      };
      joined.client.write([pattern(500_000)], () => undefined);
      await until("the first read", () => calls === 1);
      for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(calls, 1);
      while (joined.atServer.size < 500_000) {
        const before = calls;
        joined.server.resume();
        await until("one more read", () => calls > before);
      }
      part(joined);
    });
  });

  describe(`${name}: ends`, () => {
    test("the peer's close is reported once, with all bytes before it", async () => {
      const joined = await join();
      joined.client.write([pattern(100_000)], () => undefined);
      joined.client.end();
      await until("the end", () => joined.atServer.ends.length > 0);
      assert.equal(joined.atServer.size, 100_000);
      assert.deepEqual(joined.atServer.ends, [undefined]);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(joined.atServer.ends.length, 1);
      assert.deepEqual(joined.atClient.ends, []);
      part(joined);
    });

    test("close reports nothing to the one who closed, and is safe twice", async () => {
      const joined = await join();
      joined.client.close();
      joined.client.close();
      joined.client.end();
      await until("the other's end", () => joined.atServer.ends.length === 1);
      assert.deepEqual(joined.atClient.ends, []);
      assert.equal(joined.client.pending, 0);
      part(joined);
    });

    test("done is called once for each write: with true for what is out, with false for what close cut off", async () => {
      const joined = await join();
      joined.server.pause();
      const calls: boolean[][] = [];
      for (let at = 0; at < 40; at++) {
        const mine: boolean[] = [];
        calls.push(mine);
        joined.client.write([pattern(MIB / 4)], (delivered) => mine.push(delivered));
      }
      const before = calls.flat().length;
      joined.client.close();
      assert.equal(calls.flat().length, before, "done came inside close");
      await until("every done", () => calls.flat().length === calls.length);
      const flat = calls.flat();
      assert.ok(calls.every((each) => each.length === 1));
      assert.equal(flat.at(-1), false);
      assert.deepEqual(
        flat,
        flat.toSorted((a, b) => Number(b) - Number(a)),
        "true comes before false",
      );
      joined.client.write([Uint8Array.of(1)], (delivered) => calls.push([delivered]));
      assert.deepEqual(calls.at(-1), [false]);
      part(joined);
    });

    test("done is called with false when the peer breaks off", async () => {
      const joined = await join();
      joined.server.pause();
      const done: boolean[] = [];
      for (let at = 0; at < 40; at++) joined.client.write([pattern(MIB / 4)], (delivered) => done.push(delivered));
      joined.server.close();
      await until("all done", () => done.length === 40);
      assert.equal(done.at(-1), false);
      await until("closed", () => joined.atClient.ends.length === 1);
      part(joined);
    });

    test("end writes all that is pending before the other side sees the end", async () => {
      const joined = await join();
      joined.server.pause();
      const size = 8 * MIB;
      const done: boolean[] = [];
      joined.client.write([pattern(size)], (delivered) => done.push(delivered));
      assert.ok(joined.client.pending > 0);
      joined.client.end();
      // Unread bytes at the ending side must not turn the end into a reset.
      joined.server.write([pattern(1000)], () => undefined);
      joined.server.resume();
      await until("the end", () => joined.atServer.ends.length === 1);
      assert.equal(joined.atServer.size, size);
      assert.deepEqual(done, [true]);
      assert.deepEqual(joined.atServer.ends, [undefined]);
      assert.equal(joined.atClient.size, 0);
      part(joined);
    });

    test("a stream that broke before begin says so after it", async () => {
      const joined = await join(false);
      joined.client.close();
      joined.server.begin(joined.atServer);
      assert.deepEqual(joined.atServer.ends, []);
      await until("closed", () => joined.atServer.ends.length === 1);
      part(joined);
    });

    test("flushSync writes what is pending and then its own before it returns", { skip }, async () => {
      const joined = await join();
      joined.client.write([pattern(10)], () => undefined);
      assert.equal(joined.client.flushSync([pattern(20), pattern(5)], 100), 25);
      await until("all", () => joined.atServer.ends.length === 1);
      assert.ok(Buffer.from(joined.atServer.bytes).equals(concat([pattern(10), pattern(20), pattern(5)])));
      part(joined);
    });

    test("bytes that nobody read do not cost the peer what flushSync wrote", { skip }, async () => {
      const joined = await join();
      joined.client.pause();
      joined.server.pause();
      joined.server.write([pattern(100_000)], () => undefined);
      await until("the kernel's part", () => joined.server.pending === 0);
      assert.equal(joined.client.flushSync([pattern(100_000)], 100), 100_000);
      joined.server.resume();
      await until("the end", () => joined.atServer.ends.length === 1);
      assert.equal(joined.atServer.size, 100_000);
      assert.deepEqual(joined.atServer.ends, [undefined]);
      part(joined);
    });

    test("flushSync gives up when the peer does not read, and says how much went out", { skip }, async () => {
      const joined = await join();
      joined.server.pause();
      const done: boolean[] = [];
      joined.client.write([pattern(8 * MIB)], (delivered) => done.push(delivered));
      assert.equal(joined.client.flushSync([pattern(100)], 20), 0);
      await until("done", () => done.length === 1);
      assert.deepEqual(done, [false]);
      part(joined);
    });
  });

  describe(`${name}: listening and dialing`, () => {
    test("a listener says where it is, and the streams where they come from", async () => {
      const joined = await join();
      assert.ok(joined.listening.endpoint.startsWith(`${transport.scheme}://`));
      assert.ok(joined.client.remote.startsWith(`${transport.scheme}://`));
      assert.equal(joined.client.remote, joined.listening.endpoint);
      assert.ok(joined.server.remote.startsWith(`${transport.scheme}://`));
      part(joined);
    });

    test("dialing where nobody listens fails, once and later", async () => {
      const caller = new Caller();
      transport.dial(kind.nobody(), options, caller);
      assert.equal(caller.failures.length, 0);
      await until("failed", () => caller.failures.length > 0);
      assert.equal(caller.failures.length, 1);
      assert.ok(["ECONNREFUSED", "ENOENT"].includes(String((caller.failures[0] as { code?: string }).code)));
      assert.equal(caller.streams.length, 0);
    });

    test("a cancelled dial reports nothing more", async () => {
      const host = new Host();
      const listening = await listenAt(kind.fresh(), host);
      const caller = new Caller();
      const dialing = transport.dial(addressOf(listening), options, caller);
      dialing.cancel();
      dialing.cancel();
      const other = new Caller();
      transport.dial(addressOf(listening), options, other);
      await until("the other", () => other.streams.length === 1);
      assert.deepEqual([caller.streams.length, caller.failures.length, caller.delays], [0, 0, 0]);
      for (const stream of [...other.streams, ...host.streams]) stream.close();
      listening.close();
    });

    test("accepted streams live on when the listener closes, and new ones are refused", async () => {
      const joined = await join();
      assert.equal(joined.listening.close(), undefined);
      assert.equal(joined.listening.close(), undefined);
      joined.client.write([Uint8Array.of(9)], () => undefined);
      await until("the byte", () => joined.atServer.size === 1);
      const caller = new Caller();
      transport.dial(addressOf(joined.listening), options, caller);
      await until("refused", () => caller.failures.length === 1);
      part(joined);
    });

    test("an address is free as soon as its listener is closed", async () => {
      const first = await listenAt(kind.fresh(), new Host());
      const address = addressOf(first);
      first.close();
      const second = await listenAt(address, new Host());
      assert.equal(second.endpoint, first.endpoint);
      second.close();
    });

    test("listenLater resolves to the same for addresses that need no look-up", async () => {
      const host = new Host();
      const listening = await later(transport, kind.fresh(), host);
      const caller = new Caller();
      transport.dial(addressOf(listening), options, caller);
      await until("both ends", () => host.streams.length === 1 && caller.streams.length === 1);
      for (const stream of [...host.streams, ...caller.streams]) stream.close();
      listening.close();
    });
  });
}
