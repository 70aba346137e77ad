import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { ipc } from "../../../src/transports/node/ipc.ts";
import { addressOf, Caller, Host, OPTIONS, until } from "../../conformance/recorders.ts";
import { child } from "./child.ts";

const directory = mkdtempSync(join(tmpdir(), "ipc-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(directory, `s${count++}`);

async function reach(path: string, host: Host): Promise<void> {
  const [before, caller] = [host.streams.length, new Caller()];
  ipc.dial(path, OPTIONS, caller);
  await until(`a connection to ${path}`, () => caller.streams.length === 1 && host.streams.length > before);
  for (const stream of [...caller.streams, ...host.streams]) stream.close();
}

describe("ipc", { skip: process.platform === "win32" }, () => {
  test("a path has at most 107 bytes: one more is ENAMETOOLONG, for binding and connecting", async () => {
    const longest = join(directory, "x".repeat(107 - directory.length - 1));
    const host = new Host();
    const listening = ipc.listen(longest, OPTIONS, host);
    await reach(longest, host);
    listening.close();
    assert.throws(() => ipc.listen(`${longest}x`, OPTIONS, new Host()), { code: "ENAMETOOLONG" });
    assert.throws(() => ipc.checkConnect(`${longest}x`, OPTIONS), { code: "ENAMETOOLONG" });
    assert.throws(() => ipc.checkConnect("ü".repeat(54), OPTIONS), { code: "ENAMETOOLONG" });
  });

  test("an empty name, @ alone and connecting to the wildcard are EINVAL", () => {
    for (const bad of ["", "@", "*", "a\0b"]) assert.throws(() => ipc.checkConnect(bad, OPTIONS), { code: "EINVAL" });
    assert.throws(() => ipc.listen("@", OPTIONS, new Host()), { code: "EINVAL" });
  });

  test("a missing directory is ENOENT, a file that is no socket EADDRINUSE and left alone", () => {
    assert.throws(() => ipc.listen(join(directory, "none", "s"), OPTIONS, new Host()), { code: /ENOENT|EACCES/ });
    const file = fresh();
    writeFileSync(file, "precious");
    assert.throws(() => ipc.listen(file, OPTIONS, new Host()), { code: "EADDRINUSE" });
    assert.equal(statSync(file).size, 8);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.includes(".")),
      [],
      "nothing provisional is left",
    );
  });

  test("a second binder takes the name over, and the first one's close leaves it there", async () => {
    const path = fresh();
    const hosts = [new Host(), new Host()] as const;
    const first = ipc.listen(path, OPTIONS, hosts[0]);
    await reach(path, hosts[0]);
    const second = ipc.listen(path, OPTIONS, hosts[1]);
    await reach(path, hosts[1]);
    assert.equal(first.close(), undefined);
    assert.ok(existsSync(path));
    await reach(path, hosts[1]);
    assert.equal(second.close(), undefined);
  });

  test("a process that exits does not take its successor's socket file along", async () => {
    const path = fresh();
    const old = child(`
      import { ipc } from "src/transports/node/ipc.ts";
      ipc.listen(${JSON.stringify(path)}, { backlog: 1 }, {});
      console.log("bound");
      setTimeout(() => {}, 300);`);
    await old.hear(/bound/);
    const host = new Host();
    const listening = ipc.listen(path, OPTIONS, host);
    assert.equal(await old.exit(), 0);
    await reach(path, host);
    listening.close();
  });

  test("a stale socket file is no obstacle, and stays after close as libzmq's does", async () => {
    const path = fresh();
    ipc.listen(path, OPTIONS, new Host()).close();
    assert.ok(statSync(path).isSocket());
    const caller = new Caller();
    ipc.dial(path, OPTIONS, caller);
    await until("the refusal", () => caller.failures.length === 1);
    assert.equal((caller.failures[0] as { code?: string }).code, "ECONNREFUSED");
    const host = new Host();
    const listening = ipc.listen(path, OPTIONS, host);
    await reach(path, host);
    listening.close();
  });

  test("the wildcard makes a directory under TMPDIR, and removes it on close", async () => {
    const host = new Host();
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = directory;
    const listening = ipc.listen("*", OPTIONS, host);
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    const path = addressOf(listening);
    assert.ok(path.startsWith(`${directory}/tmp`) && path.endsWith("/socket"), path);
    await reach(path, host);
    assert.equal(listening.close(), undefined);
    assert.equal(existsSync(dirname(path)), false);
  });

  test("what can't be removed on close is returned, not thrown", () => {
    const listening = ipc.listen("*", OPTIONS, new Host());
    rmSync(dirname(addressOf(listening)), { recursive: true });
    assert.equal((listening.close() as { code?: string } | undefined)?.code, "ENOENT");
  });

  test("an abstract name has no file", { skip: process.platform !== "linux" }, async () => {
    const host = new Host();
    const name = `@abstract-${process.pid}`;
    const listening = ipc.listen(name, OPTIONS, host);
    assert.equal(listening.endpoint, `ipc://${name}`);
    assert.equal(existsSync(name), false);
    assert.throws(() => ipc.listen(name, OPTIONS, new Host()), { code: "EADDRINUSE" });
    await reach(name, host);
    listening.close();
  });
});
