import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { transportSuite } from "../../conformance/transport.ts";

// What makes the transports believe that they run elsewhere and keep to Node's documented API.
Object.assign(globalThis, { Bun: {} });
const { tcp } = await import("../../../src/transports/node/tcp.ts");
const { ipc } = await import("../../../src/transports/node/ipc.ts");

const directory = mkdtempSync(join(tmpdir(), "plain-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const name = (): string => join(directory, `n${count++}`);

const plain = true;
transportSuite("tcp without internals", {
  transport: tcp,
  plain,
  fresh: () => "127.0.0.1:*",
  nobody: () => "127.0.0.1:1",
});
if (process.platform !== "win32") {
  transportSuite("ipc without internals", { transport: ipc, plain, fresh: name, nobody: name });
}
