import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tcp } from "../../../src/transports/node/tcp.ts";
import type { TransportOptions } from "../../../src/transports/transport.ts";
import { addressOf, Caller, Host, OPTIONS, until } from "../../conformance/recorders.ts";
import { child } from "./child.ts";
import { hasIpv6 } from "./ipv6.ts";

async function meet(address: string, options: TransportOptions, host: Host): Promise<Caller> {
  const caller = new Caller();
  tcp.dial(address, options, caller);
  await until("a connection", () => caller.streams.length + caller.failures.length > 0 && host.streams.length > 0);
  return caller;
}

function hangUp(...ends: (Caller | Host)[]): void {
  for (const end of ends) for (const stream of end.streams) stream.close();
}

describe("tcp listeners", () => {
  test("the resolved endpoint names the address and the port that the system chose", () => {
    for (const [address, expected] of [
      ["*:*", /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/],
      ["127.0.0.1:0", /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/],
      ["localhost:*", /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/],
    ] as const) {
      const listening = tcp.listen(address, OPTIONS, new Host());
      assert.match(listening.endpoint, expected);
      listening.close();
    }
  });

  test("a second listener on an address is EADDRINUSE, at once", () => {
    const first = tcp.listen("127.0.0.1:*", OPTIONS, new Host());
    assert.throws(() => tcp.listen(addressOf(first), OPTIONS, new Host()), {
      code: "EADDRINUSE",
      address: first.endpoint,
    });
    first.close();
  });

  test("an address of another machine is EADDRNOTAVAIL, an unknown interface ENODEV, a bad port EINVAL", () => {
    assert.throws(() => tcp.listen("192.0.2.1:0", OPTIONS, new Host()), { code: "EADDRNOTAVAIL" });
    assert.throws(() => tcp.listen("nosuchnic0:0", OPTIONS, new Host()), { code: "ENODEV" });
    assert.throws(() => tcp.listen("127.0.0.1:x", OPTIONS, new Host()), { code: "EINVAL" });
  });

  test("a name that can't be looked up is ENODEV for listenLater", async () => {
    await assert.rejects(async () => tcp.listenLater?.("no-such-host.invalid:0", OPTIONS, new Host()), {
      code: "ENODEV",
    });
    await assert.rejects(async () => tcp.listenLater?.("127.0.0.1:x", OPTIONS, new Host()), { code: "EINVAL" });
  });

  test("with ipv6, one wildcard listener takes peers of both families", { skip: !hasIpv6 }, async () => {
    const options = { ...OPTIONS, ipv6: true };
    const host = new Host();
    const listening = tcp.listen("*:*", options, host);
    const port = /^tcp:\/\/\[::\]:(\d+)$/.exec(listening.endpoint)?.[1];
    const callers = [await meet(`[::1]:${port}`, options, host), await meet(`127.0.0.1:${port}`, OPTIONS, host)];
    await until("both", () => host.streams.length === 2);
    assert.deepEqual(
      host.streams.map((stream) => stream.peerAddress),
      ["::1", "::ffff:127.0.0.1"],
    );
    hangUp(...callers, host);
    listening.close();
  });

  test("peers outside of tcpAcceptFilter are turned away and reported", async () => {
    const host = new Host();
    const listening = tcp.listen("127.0.0.1:*", { ...OPTIONS, tcpAcceptFilter: "10.0.0.0/8" }, host);
    const caller = new Caller();
    tcp.dial(addressOf(listening), OPTIONS, caller);
    await until("the refusal", () => host.failures.length === 1 && caller.streams.length === 1);
    assert.equal((host.failures[0] as { code?: string }).code, "ECONNREFUSED");
    assert.equal(host.streams.length, 0);
    hangUp(caller);
    listening.close();
  });
});

describe("tcp connections", () => {
  test("a dial says that it is under way before it opens, and knows both ends", async () => {
    const host = new Host();
    const listening = tcp.listen("127.0.0.1:*", OPTIONS, host);
    const caller = await meet(addressOf(listening), OPTIONS, host);
    assert.equal(caller.delays, 1);
    assert.equal(caller.streams[0]?.remote, listening.endpoint);
    assert.equal(caller.streams[0]?.peerAddress, "127.0.0.1");
    hangUp(caller, host);
    listening.close();
  });

  test("names are looked up at each attempt; without ipv6 they mean IPv4", async () => {
    const host = new Host();
    const listening = tcp.listen("localhost:*", OPTIONS, host);
    const caller = await meet(addressOf(listening).replace("127.0.0.1", "localhost"), OPTIONS, host);
    assert.equal(caller.streams[0]?.remote, listening.endpoint);
    hangUp(caller, host);
    listening.close();
  });

  test("the source address and port are used", async () => {
    const host = new Host();
    const [listening, spare] = [
      tcp.listen("127.0.0.1:*", OPTIONS, host),
      tcp.listen("127.0.0.1:*", OPTIONS, new Host()),
    ];
    spare.close();
    const caller = await meet(`${addressOf(spare)};${addressOf(listening)}`, OPTIONS, host);
    assert.equal(host.streams[0]?.remote, spare.endpoint);
    hangUp(caller, host);
    listening.close();
  });

  test("an attempt that can't work says why: name, source, family, port", async () => {
    for (const [address, code] of [
      ["no-such-host.invalid:1", /ENOTFOUND|EAI_AGAIN/],
      ["nosuchnic0:0;127.0.0.1:1", /ENODEV/],
      ["192.0.2.1:0;127.0.0.1:1", /EADDRNOTAVAIL/],
      ["[::1]:1", /EINVAL/],
      ["127.0.0.1:99999", /EINVAL/],
    ] as const) {
      const caller = new Caller();
      tcp.dial(address, OPTIONS, caller);
      await until(`the failure of ${address}`, () => caller.failures.length === 1);
      assert.match(String((caller.failures[0] as { code?: string }).code), code, address);
    }
  });

  test("keepalive and type of service are set where Node can, and do no harm where it can't", async () => {
    const options = { ...OPTIONS, tcpKeepalive: 1, tcpKeepaliveIdle: 5, tcpKeepaliveInterval: 2, tcpKeepaliveCount: 3 };
    const host = new Host();
    const listening = tcp.listen("127.0.0.1:*", { ...options, typeOfService: 0x28 }, host);
    const caller = await meet(addressOf(listening), { ...options, tcpKeepalive: 0 }, host);
    assert.equal(caller.streams.length, 1);
    hangUp(caller, host);
    listening.close();
  });

  test("connectTimeout ends an attempt that nobody answers", { skip: process.platform !== "linux" }, async () => {
    // A process that listens with the shortest queue and never accepts: Linux drops what comes when it is full.
    const deaf = child(`
      import net from "node:net"; import fs from "node:fs";
      const server = net.createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
        fs.writeSync(1, "port " + server.address().port + "\\n");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`);
    const [, port] = await deaf.hear(/port (\d+)\n/);
    const callers = Array.from({ length: 4 }, () => new Caller());
    for (const caller of callers) tcp.dial(`127.0.0.1:${port}`, { ...OPTIONS, connectTimeout: 100 }, caller);
    await until("an answer to each", () => callers.every((each) => each.streams.length + each.failures.length === 1));
    const failures = callers.flatMap((each) => each.failures);
    assert.ok(failures.length > 0);
    for (const failure of failures) assert.equal((failure as { code?: string }).code, "ETIMEDOUT");
    hangUp(...callers);
    deaf.process.kill("SIGKILL");
    await deaf.exit();
  });

  test("a port that connects to itself is a refusal", { skip: process.platform !== "linux" }, async () => {
    const spare = tcp.listen("127.0.0.1:*", OPTIONS, new Host());
    spare.close();
    const caller = new Caller();
    tcp.dial(`${addressOf(spare)};${addressOf(spare)}`, OPTIONS, caller);
    await until("the refusal", () => caller.failures.length === 1);
    assert.equal((caller.failures[0] as { code?: string }).code, "ECONNREFUSED");
  });
});
