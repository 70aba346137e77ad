import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { ipc } from "../../../src/transports/node/ipc.ts";
import { tcp } from "../../../src/transports/node/tcp.ts";
import { transportSuite } from "../../conformance/transport.ts";
import { hasIpv6 } from "./ipv6.ts";

const directory = mkdtempSync(join(tmpdir(), "conformance-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const name = (): string => `n${process.pid}-${count++}`;

transportSuite("tcp", { transport: tcp, fresh: () => "127.0.0.1:*", nobody: () => "127.0.0.1:1" });

if (hasIpv6) {
  const options = { ipv6: true };
  transportSuite("tcp over IPv6", { transport: tcp, options, fresh: () => "[::1]:0", nobody: () => "[::1]:1" });
}

if (process.platform !== "win32") {
  const nobody = (): string => join(directory, name());
  transportSuite("ipc by path", { transport: ipc, fresh: () => join(directory, name()), nobody });
}

if (process.platform === "linux") {
  transportSuite("ipc by abstract name", { transport: ipc, fresh: () => `@${name()}`, nobody: () => `@${name()}` });
}
