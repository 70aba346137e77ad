import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { BEFORE_READY, afterReady, type Attack } from "./attacks.ts";
import { goodClient } from "./good-client.ts";
import { hostileHost } from "./hostile-host.ts";
import { serve } from "./service.ts";
import { make, peerOf } from "./victim.ts";

describe("test_connect_fuzzer, test_connect_null_fuzzer: a server that says something wrong costs the socket that dialed it only that connection", () => {
  for (const type of ["DEALER", "SUB", "PULL", "ROUTER"] as const) {
    test(`a ${type}`, async () => {
      const heard = new Set<string>();
      const socket = make(type, { reconnectInterval: 10 });
      socket.bindSync("tcp://127.0.0.1:*");
      const bound = socket.lastEndpoint ?? "";
      if ("subscribe" in socket) (socket.subscribe as () => void)();
      serve(socket, type, (token) => heard.add(token));
      const client = await goodClient(type, bound, (token) => heard.delete(token));
      const attacks: readonly Attack[] = [...BEFORE_READY, ...afterReady(peerOf(type))].filter(({ ends }) => ends);
      try {
        for (const { name, bytes } of attacks) {
          let gone = false;
          const host = await hostileHost((stream) => {
            stream.on("close", () => (gone = true));
            stream.write(bytes);
          });
          socket.connect(host.endpoint);
          await until(`the end of a connection to a server with ${name}`, () => gone);
          assert.equal(host.count(), 1, "who breaks the protocol is not dialed again");
          socket.disconnect(host.endpoint);
          host.close();
        }
        await client.served();
        assert.equal(unaccounted(socket.stats()), 0);
      } finally {
        client.close();
        socket.close();
      }
      await socket.ended();
    });
  }
});

test("a server that accepts and resets is dialed no faster than reconnectInterval", async () => {
  const host = await hostileHost((stream) => stream.resetAndDestroy());
  const socket = make("DEALER", { reconnectInterval: 50 });
  try {
    const began = performance.now();
    socket.connect(host.endpoint);
    await until("some attempts", () => host.count() >= 5);
    assert.ok(performance.now() - began >= 4 * 45, "four waits lie between five attempts");
    assert.equal(socket.peers().length, 1, "all through one queue");
  } finally {
    host.close();
    socket.close();
  }
  await socket.ended();
});
