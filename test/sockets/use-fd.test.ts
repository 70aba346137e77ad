import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { Pull, Push } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

const INDEX = new URL("../../src/index.js", import.meta.url).href;

/** Takes descriptor 3, echoes one message, closes, and says what it was bound to. */
const CHILD = `
  import { Pull, Push } from ${JSON.stringify(INDEX)};
  const pull = new Pull({ useFd: 3 });
  pull.bindSync(process.argv[1]);
  console.log(pull.lastEndpoint);
  const [message] = await pull.receive();
  console.log(String(message));
  pull.close();
  await pull.ended();`;

/** A program that got a listening descriptor. */
interface Heir {
  /** Its first line: what it was bound to. */
  bound(): Promise<string>;
  /** All it said, when it has ended. */
  ended(): Promise<string>;
}

/** A listening socket that this process made, as systemd does. */
async function listen(
  where: { port: number; host: string } | { path: string },
): Promise<{ server: Server; fd: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ ...where }, resolve));
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle; // documented nowhere, and there since ever
  return { server, fd };
}

/** Hands a listening socket over to a child and closes it here, lest this process accept as well. */
function bequeath(t: TestContext, { server, fd }: { server: Server; fd: number }, address: string): Heir {
  const conditions = process.execArgv.filter((each) => each.startsWith("--conditions"));
  const child = spawn(process.execPath, [...conditions, "--input-type=module", "-e", CHILD, address], {
    stdio: ["ignore", "pipe", "inherit", fd],
  });
  server.close();
  let said = "";
  child.stdout?.on("data", (text: Buffer) => (said += String(text)));
  t.after(() => child.kill("SIGKILL"));
  const ended = new Promise<string>((resolve) => child.on("close", () => resolve(said)));
  const bound = async (): Promise<string> => {
    await until("the child's first line", () => said.includes("\n"), 20_000);
    return said.slice(0, said.indexOf("\n"));
  };
  return { bound, ended: () => ended };
}

const windows = process.platform === "win32" && "Node.js can't listen on descriptors there";

describe("useFd", { skip: windows }, () => {
  test("test_use_fd/test_req_rep_tcp, test_pair_tcp, test_client_server_tcp: a listening descriptor is taken, and named as it is bound", async (t) => {
    const made = await listen({ port: 0, host: "127.0.0.1" });
    const { port } = made.server.address() as AddressInfo; // it listens on tcp
    const heir = bequeath(t, made, "tcp://127.0.0.1:*");
    assert.equal(await heir.bound(), `tcp://127.0.0.1:${port}`);
    const push = sockets(t)(new Push());
    push.connect(`tcp://127.0.0.1:${port}`);
    await push.send("hello");
    assert.equal(await heir.ended(), `tcp://127.0.0.1:${port}\nhello\n`);
  });

  test("test_use_fd/test_req_rep_ipc, test_pair_ipc, test_client_server_ipc: over ipc likewise, and its name stays in the file system", async (t) => {
    const address = fresh("ipc");
    const path = address.slice("ipc://".length);
    const made = await listen({ path: `${path}.made` });
    renameSync(`${path}.made`, path); // closing it here removes the name that it was made with
    const heir = bequeath(t, made, address);
    assert.equal(await heir.bound(), address);
    const push = sockets(t)(new Push());
    push.connect(address);
    await push.send("hello");
    assert.equal(await heir.ended(), `${address}\nhello\n`);
    assert.ok(existsSync(path));
  });

  test("test_setsockopt/test_setsockopt_use_fd: is -1, kept, and not below", (t) => {
    const pull = sockets(t)(new Pull());
    assert.equal(pull.useFd, -1);
    pull.useFd = 3;
    assert.equal(pull.useFd, 3);
    assert.throws(() => (pull.useFd = -2), zmqError("EINVAL", "useFd"));
    pull.useFd = -1;
    pull.bindSync("tcp://127.0.0.1:*");
  });

  test("what is no listening socket of the transport is an error that says so", async (t) => {
    const pull = sockets(t)(new Pull());
    pull.useFd = 1_000_000;
    assert.throws(() => pull.bindSync("tcp://127.0.0.1:*"), zmqError("EINVAL", "descriptor 1000000"));
    assert.throws(() => pull.bindSync(fresh("ipc")), zmqError("EINVAL"));
    const { server, fd } = await listen({ port: 0, host: "127.0.0.1" });
    t.after(() => server.close());
    pull.useFd = fd;
    assert.throws(() => pull.bindSync("tcp://127.0.0.1:*"), /exists/, "it is in use by this process");
    pull.useFd = -1;
    const plain = sockets(t)(new Push());
    pull.bindSync("tcp://127.0.0.1:*");
    plain.connect(pull.lastEndpoint ?? "");
    await plain.send("after all");
    assert.deepEqual(await next(pull), ["after all"]);
  });
});
