import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { describe, test, type TestContext } from "node:test";
import { utf8 } from "../../../src/base/bytes.ts";
import type { DatagramAddress } from "../../../src/base/endpoint.ts";
import type { DatagramEvents, DatagramOptions, DatagramPort } from "../../../src/transports/datagrams.ts";
import { udp } from "../../../src/transports/node/udp.ts";
import { until } from "../../conformance/recorders.ts";
import { zmqError } from "../../support/zmq-error.ts";
import { hasIpv6 } from "./ipv6.ts";

const OPTIONS: DatagramOptions = {
  ipv6: false,
  multicastHops: 1,
  multicastLoop: true,
  sendBufferSize: -1,
  receiveBufferSize: -1,
};

/** What came to one port. */
class Inbox implements DatagramEvents {
  readonly texts: string[] = [];
  readonly sizes: number[] = [];
  readonly senders: DatagramAddress[] = [];
  drains = 0;

  received(bytes: Uint8Array, from: DatagramAddress): void {
    this.texts.push(String(bytes));
    this.sizes.push(bytes.length);
    this.senders.push(from);
  }

  drained(): void {
    this.drains++;
  }

  async has(count: number): Promise<void> {
    await until(`${count} datagrams (there are ${this.texts.length})`, () => this.texts.length >= count);
  }
}

/** Bound, and closed at the end of the test. */
function bound(t: TestContext, address: string, options: Partial<DatagramOptions> = {}): [DatagramPort, Inbox] {
  const port = udp.listen(address, { ...OPTIONS, ...options });
  t.after(() => port.close());
  const inbox = new Inbox();
  port.begin(inbox);
  return [port, inbox];
}

async function dialed(t: TestContext, endpoint: string, options: Partial<DatagramOptions> = {}): Promise<DatagramPort> {
  const port = await new Promise<DatagramPort>((opened, failed) => {
    udp.dial(endpoint.slice(6), { ...OPTIONS, ...options }, { opened, failed });
  });
  t.after(() => port.close());
  return port;
}

function send(port: DatagramPort, text: string, to: DatagramAddress | null = null): Promise<Error | null> {
  return new Promise((resolve) => port.send(utf8(text), to, resolve));
}

const portOf = (port: DatagramPort): number => Number(/\d+$/.exec(port.endpoint)?.[0]);

describe("udp", () => {
  test("what is dialed sends to the one address, and the other end knows from where and can answer", async (t) => {
    const [here, inbox] = bound(t, "127.0.0.1:*");
    assert.match(here.endpoint, /^udp:\/\/127\.0\.0\.1:\d+$/);
    const there = await dialed(t, here.endpoint);
    const answers = new Inbox();
    there.begin(answers);
    assert.equal(await send(there, "hello"), null);
    assert.equal(await send(there, ""), null);
    await inbox.has(2);
    assert.deepEqual(inbox.texts, ["hello", ""]);
    const [sender] = inbox.senders;
    assert.equal(sender?.address, "127.0.0.1");
    assert.equal(await send(here, "and back", sender), null);
    await answers.has(1);
    assert.deepEqual(answers.senders, [{ address: "127.0.0.1", port: portOf(here) }]);
  });

  test("names are looked up by what is dialed, interfaces known by what is bound", async (t) => {
    const lo = Object.entries(networkInterfaces()).find(([, all]) => all?.some((each) => each.address === "127.0.0.1"));
    const [here, inbox] = bound(t, `${lo?.[0] ?? "localhost"}:*`);
    const there = await dialed(t, `udp://localhost:${portOf(here)}`);
    await send(there, "by name");
    await inbox.has(1);
  });

  test("a name that is not known fails later, and not after it was cancelled", async () => {
    const error = await new Promise<Error>((failed, opened) => {
      udp.dial("no-such-host.invalid:5555", OPTIONS, { opened, failed });
    });
    assert.ok(["ENOTFOUND", "EAI_AGAIN"].includes((error as { code?: string }).code ?? ""), error.message);
    let calls = 0;
    const cancelled = udp.dial("127.0.0.1:5555", OPTIONS, { opened: () => calls++, failed: () => calls++ });
    cancelled.cancel();
    cancelled.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(calls, 0);
  });

  test("binding tells what is wrong at once, and later the same", async (t) => {
    assert.throws(() => udp.listen("192.0.2.99:0", OPTIONS), zmqError("EADDRNOTAVAIL", "udp://192.0.2.99:0"));
    await assert.rejects(udp.listenLater("192.0.2.99:0", OPTIONS), zmqError("EADDRNOTAVAIL", "udp://192.0.2.99:0"));
    assert.throws(() => udp.listen("127.0.0.1", OPTIONS), zmqError("EINVAL"));
    await assert.rejects(udp.listenLater("127.0.0.1", OPTIONS), zmqError("EINVAL"));
    const later = await udp.listenLater("127.0.0.1:*", OPTIONS);
    t.after(() => later.close());
    assert.match(later.endpoint, /^udp:\/\/127\.0\.0\.1:[1-9]\d*$/);
  });

  test("a port may be bound twice, and the newest receives; when it is closed, the older one does again", async (t) => {
    const [first, older] = bound(t, "127.0.0.1:*");
    const [second, newer] = bound(t, first.endpoint.slice(6));
    const there = await dialed(t, first.endpoint);
    await send(there, "to the newer");
    await newer.has(1);
    second.close();
    second.close();
    await send(there, "to the older");
    await older.has(1);
    assert.deepEqual([older.texts, newer.texts], [["to the older"], ["to the newer"]]);
  });

  test("nobody there is no error; what the system can't send is, and ends nothing", async (t) => {
    const [gone] = bound(t, "127.0.0.1:*");
    gone.close();
    const there = await dialed(t, gone.endpoint);
    for (let count = 0; count < 3; count++) assert.equal(await send(there, "nobody hears"), null);
    const [here, inbox] = bound(t, "127.0.0.1:*");
    const tooBig = await new Promise<Error | null>((done) => there.send(new Uint8Array(65_520), null, done));
    assert.equal((tooBig as { code?: string } | null)?.code, "EMSGSIZE");
    assert.equal((await send(here, "x", { address: "255.255.255.255", port: 9 }))?.message.includes("EACCES"), true);
    await send(there, "still there", { address: "127.0.0.1", port: portOf(here) });
    await inbox.has(1);
  });

  test("the largest datagram that IPv4 knows goes through", async (t) => {
    const [here, inbox] = bound(t, "127.0.0.1:*", { receiveBufferSize: 400_000, sendBufferSize: 400_000 });
    const there = await dialed(t, here.endpoint);
    assert.equal(await new Promise<Error | null>((done) => there.send(new Uint8Array(65_507), null, done)), null);
    await inbox.has(1);
    assert.deepEqual(inbox.sizes, [65_507]);
  });

  test("after close nothing more is received", async (t) => {
    const [here, inbox] = bound(t, "127.0.0.1:*");
    const there = await dialed(t, here.endpoint);
    await send(there, "on its way");
    here.close();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(inbox.texts, []);
  });
});

describe("udp over IPv6", { skip: hasIpv6 ? false : "this machine has no IPv6" }, () => {
  test("with the ipv6 option, both families come to a wildcard port, and can be answered", async (t) => {
    const [here, inbox] = bound(t, "*:*", { ipv6: true });
    assert.match(here.endpoint, /^udp:\/\/\[::\]:\d+$/);
    const ports: DatagramPort[] = [];
    for (const host of ["127.0.0.1", "[::1]"]) {
      const there = await dialed(t, `udp://${host}:${portOf(here)}`, { ipv6: true });
      ports.push(there);
      await send(there, host);
    }
    await inbox.has(2);
    assert.deepEqual(inbox.senders.map(({ address }) => address).sort(), ["127.0.0.1", "::1"]);
    for (const [at, there] of ports.entries()) {
      const answers = new Inbox();
      there.begin(answers);
      assert.equal(await send(here, "answer", inbox.senders[at]), null);
      await answers.has(1);
    }
  });

  const [name] = Object.entries(networkInterfaces()).find(
    ([, all]) => all?.some((each) => each.family === "IPv6" && each.scopeid > 0), // multicast needs a link
  ) ?? [undefined];
  const skip = name === undefined ? "no interface has an IPv6 link" : false;
  test("a group is reached through an interface, by its name or its address", { skip }, async (t) => {
    const address = networkInterfaces()[name ?? ""]?.find((each) => each.family === "IPv6")?.address;
    for (const via of [name, `[${address}]`]) {
      const [here, inbox] = bound(t, `${via};[ff02::1:2]:*`, { ipv6: true });
      const there = await dialed(t, here.endpoint, { ipv6: true });
      assert.equal(await send(there, "to all"), null);
      await inbox.has(1);
    }
  });
});

describe("udp multicast", () => {
  const GROUP = "127.0.0.1;239.192.7.7";

  test("what is sent to a group comes to all who joined it, through the interface that was named", async (t) => {
    const [here, inbox] = bound(t, `${GROUP}:*`);
    assert.match(here.endpoint, /^udp:\/\/127\.0\.0\.1;239\.192\.7\.7:\d+$/);
    const [, second] = bound(t, here.endpoint.slice(6));
    const there = await dialed(t, here.endpoint);
    assert.equal(await send(there, "to all"), null);
    await Promise.all([inbox.has(1), second.has(1)]);
    assert.deepEqual(inbox.senders[0]?.address, "127.0.0.1");
  });

  // A loopback interface is a loop whatever the option says.
  const outward = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;
  const skip = outward === undefined ? "there is no interface but loopback" : false;
  test("without multicastLoop this machine receives nothing of it", { skip }, async (t) => {
    const [here, inbox] = bound(t, `${outward};239.192.7.7:*`);
    const deaf = await dialed(t, here.endpoint, { multicastLoop: false });
    const heard = await dialed(t, here.endpoint);
    await send(deaf, "not here");
    await send(heard, "here");
    await inbox.has(1);
    assert.deepEqual(inbox.texts, ["here"]);
  });

  test("more hops than a packet can have are as many as it can", async (t) => {
    const [here, inbox] = bound(t, `${GROUP}:*`, { multicastHops: 100_000 });
    const there = await dialed(t, here.endpoint, { multicastHops: 100_000 });
    await send(there, "far");
    await inbox.has(1);
  });
});
