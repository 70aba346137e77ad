import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tcp } from "../../../src/transports/node/tcp.ts";
import { addressOf, Caller, Host, OPTIONS, Recorder, until } from "../../conformance/recorders.ts";
import { child } from "./child.ts";

const START = `
  import { tcp } from "src/transports/node/tcp.ts";
  const options = ${JSON.stringify(OPTIONS)};
  const say = (text) => console.log(text);`;

describe("a process and its streams", () => {
  test("what flushSync writes at exit arrives, behind all that was pending", async () => {
    const host = new Host();
    const listening = tcp.listen("127.0.0.1:*", OPTIONS, host);
    const sender = child(`${START}
      tcp.dial(${JSON.stringify(addressOf(listening))}, options, { delayed() {}, failed: say, opened(stream) {
        for (let at = 0; at < 64; at++) stream.write([new Uint8Array(250000).fill(at)], () => {});
        process.on("exit", () => say("flushed " + stream.flushSync([new Uint8Array(100000).fill(100)], 5000)));
        process.exit();
      } });`);
    await until("the stream", () => host.streams.length === 1);
    const recorder = new Recorder();
    host.streams[0]?.begin(recorder);
    await until("the end", () => recorder.ends.length === 1);
    assert.equal(await sender.exit(), 0);
    assert.match(sender.said(), /flushed 100000/);
    assert.equal(recorder.size, 64 * 250_000 + 100_000);
    const { bytes } = recorder;
    for (let at = 0; at < 64; at++) assert.equal(bytes[at * 250_000 + 249_999], at);
    assert.equal(bytes[64 * 250_000], 100);
    listening.close();
  });

  test("listeners and connections do not hold the process", async () => {
    const idle = child(`${START}
      const host = { accepted(stream) { stream.begin({ received() {}, target: () => null, drained() {}, closed() {} }); } };
      const listening = tcp.listen("127.0.0.1:*", options, host);
      tcp.dial(listening.endpoint.slice(6), { ...options, connectTimeout: 60000 }, { delayed() {}, failed: say,
        opened(stream) { host.accepted(stream); say("open"); } });
      const timer = setInterval(() => {}, 5); setTimeout(() => clearInterval(timer), 200);`);
    assert.equal(await idle.exit(), 0);
    assert.match(idle.said(), /open/);
  });

  const posix = process.platform === "linux" || process.platform === "darwin";
  test(
    "without descriptors a listener reports it, neither spins nor dies, and serves again",
    { skip: !posix },
    async () => {
      const full = child(
        `${START}
      let [held, failures] = [[], 0];
      const listening = tcp.listen("127.0.0.1:*", options, {
        accepted(stream) { held.push(stream); },
        acceptFailed(error) { failures++; say("failed " + error.code); },
      });
      say("at " + listening.endpoint + ".");
      const before = process.cpuUsage();
      setTimeout(() => {
        const { user, system } = process.cpuUsage(before);
        say("held " + held.length + " failures " + failures + " busy " + Math.round((user + system) / 1000) + ".");
        for (const stream of held) stream.close();
        held = { push(stream) { say("again"); } };
        setTimeout(() => say("free"), 100);
        setTimeout(() => process.exit(), 8000);
      }, 1000);`,
        64,
      );
      const [, address = ""] = await full.hear(/at tcp:\/\/(.*)\./);
      const callers = Array.from({ length: 80 }, () => new Caller());
      for (const caller of callers) tcp.dial(address, OPTIONS, caller);
      await full.hear(/failed EMFILE/);
      const [, held, failures, busy] = await full.hear(/held (\d+) failures (\d+) busy (\d+)\./);
      assert.ok(Number(held) < 64 && Number(failures) > 0 && Number(failures) < 10, full.said());
      assert.ok(Number(busy) < 500, full.said());
      await full.hear(/free/);
      const caller = new Caller();
      tcp.dial(address, OPTIONS, caller);
      await full.hear(/again/);
      for (const each of [...callers, caller]) for (const stream of each.streams) stream.close();
      full.process.kill("SIGKILL");
      await full.exit();
    },
  );
});
