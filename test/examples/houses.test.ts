import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { Program, withoutPyzmq } from "../support/program.ts";

/** Each program, and the last line of it. */
const HOUSES = [
  ["grasslands", "Grasslands test OK"],
  ["strawhouse", "Strawhouse test OK"],
  ["woodhouse", "Woodhouse test OK"],
  ["stonehouse", "Stonehouse test OK"],
  ["ironhouse", "Ironhouse test OK"],
  ["ironhouse2", "Ironhouse test OK"],
] as const;

type House = (typeof HOUSES)[number][0];

const house = (t: TestContext, name: House, further: number, ...rest: string[]): Program =>
  Program.example(t, `guide/${name}`, "tcp://127.0.0.1:*", String(further), ...rest);

/** A folder for certificates. */
function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), "house-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

for (const [name, ok] of HOUSES) {
  test(`${name} brings a message to its own client`, async (t) => {
    const rest = name.startsWith("iron") ? [folder(t)] : [];
    assert.equal((await house(t, name, 0, ...rest).end()).at(-1), ok);
  });
}

describe("with a client on pyzmq", { skip: withoutPyzmq }, () => {
  const bound = async (server: Program): Promise<string> => (await server.line(/^Bound to (.*)/))[1] ?? "";
  const serverKey = async (server: Program): Promise<string> => (await server.line(/^Its public key: (.*)/))[1] ?? "";

  /** Both clients get their message. */
  async function welcomes(t: TestContext, server: Program, ...client: string[]): Promise<void> {
    assert.deepEqual(await Program.python(t, "house", ...client).end(), ["Received Hello"]);
    assert.match((await server.end()).at(-1) ?? "", / test OK$/);
  }

  /** A client that is not let in; the server waits for another. */
  async function refuses(t: TestContext, server: Program, ...client: string[]): Promise<void> {
    const stranger = Program.python(t, "house", ...client);
    await server.line(/^Refused tcp:\/\/127\.0\.0\.\d:/);
    stranger.kill("SIGKILL");
    assert.deepEqual(stranger.lines, []);
  }

  test("grasslands welcomes everybody", async (t) => {
    const server = house(t, "grasslands", 1);
    await welcomes(t, server, await bound(server), "null");
  });

  test("strawhouse welcomes a client at the right address, and refuses one at another", async (t) => {
    const server = house(t, "strawhouse", 1);
    const endpoint = await bound(server);
    await refuses(t, server, endpoint.replace("tcp://", "tcp://127.0.0.2:0;"), "null");
    await welcomes(t, server, endpoint, "null");
  });

  test("woodhouse welcomes who knows a password, and refuses who does not", async (t) => {
    const server = house(t, "woodhouse", 1);
    const endpoint = await bound(server);
    await refuses(t, server, endpoint, "plain", "guest", "Password");
    await welcomes(t, server, endpoint, "plain", "guest", "Ask me");
  });

  test("stonehouse welcomes who knows the server's key", async (t) => {
    const server = house(t, "stonehouse", 1);
    await welcomes(t, server, await bound(server), "curve", await serverKey(server));
  });

  test("ironhouse welcomes who has a certificate, and refuses who has none", async (t) => {
    const certificates = folder(t);
    await Program.python(t, "certificates", certificates, "python").end();
    const server = house(t, "ironhouse", 1, certificates);
    const [endpoint, key] = [await bound(server), await serverKey(server)];
    await refuses(t, server, endpoint, "curve", key);
    await welcomes(t, server, endpoint, "curve", key, path.join(certificates, "python.key_secret"));
  });

  test("ironhouse2's server, client and guest have their certificates from pyzmq", async (t) => {
    const certificates = folder(t);
    const clients = path.join(certificates, "clients");
    await Program.python(t, "certificates", certificates, "server").end();
    await Program.python(t, "certificates", clients, "client", "python").end();
    const server = house(t, "ironhouse2", 1, certificates);
    const files = [path.join(certificates, "server.key"), path.join(clients, "python.key_secret")];
    await welcomes(t, server, await bound(server), "curve", ...files);
  });
});
