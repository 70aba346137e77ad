import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { Push } from "../../src/index.ts";
import { sockets } from "../support/sockets.ts";
import { child } from "../transports/node/child.ts";

const posix = process.platform === "linux" || process.platform === "darwin";

test(
  "a socket says that it has no descriptors left to accept with, and serves again when it has",
  { skip: !posix },
  async (t) => {
    // All but a few of its descriptors are taken once its modules are there: loading them takes one for each at once.
    const full = child(
      `
    import { openSync, closeSync } from "node:fs";
    import { Pull } from "src/index.ts";
    const pull = new Pull();
    pull.events.on("accept:error", ({ address, error }) => console.log("failed " + error.code + " at " + address + ";"));
    await pull.bind("tcp://127.0.0.1:*");
    const taken = [];
    try { for (;;) taken.push(openSync("/dev/null")); } catch {}
    for (const one of taken.splice(0, 20)) closeSync(one);
    console.log("at " + pull.lastEndpoint + ";");
    for await (const message of pull) console.log("got " + message + ";");`,
      1024,
    );
    t.after(() => full.process.kill("SIGKILL"));
    const [, address = ""] = await full.hear(/at (tcp:.*);/);
    const callers = Array.from({ length: 40 }, () => net.connect(Number(address.split(":").at(-1)), "127.0.0.1"));
    for (const caller of callers) caller.on("error", () => undefined);
    t.after(() => callers.forEach((caller) => caller.destroy()));
    const [, where] = await full.hear(/failed EMFILE at (tcp:.*);/);
    assert.equal(where, address);
    for (const caller of callers) caller.destroy();
    const push = sockets(t)(new Push());
    push.connect(address);
    await push.send("served");
    await full.hear(/got served;/);
  },
);
