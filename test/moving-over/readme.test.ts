import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { after, before, describe, test, type TestContext } from "node:test";
import { Program } from "../support/program.ts";
import { Installed } from "./installed.ts";

const README = readFileSync(new URL("../../../node_modules/zeromq/README.md", import.meta.url), "utf8");

/** The program under a heading of zeromq.js' README. */
function program(heading: string, language: string): string {
  const from = README.slice(README.indexOf(`\n${heading}\n`));
  const code = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "m").exec(from)?.[1];
  assert.ok(code !== undefined && from.length < README.length, `the README has no program under ${heading}`);
  return code;
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server
  server.close();
  await once(server, "close");
  return port;
}

describe("a program of zeromq.js' README runs unchanged but for its port", () => {
  let installed: Installed;
  before(() => (installed = new Installed()));
  after(() => installed.remove());

  function start(t: TestContext, file: string, text: string): Program {
    return new Program(t, [process.execPath, installed.write(file, text)]);
  }

  async function pair(t: TestContext, first: string, second: string): Promise<[Program, Program]> {
    const port = String(await freePort());
    const [one, other] = [first, second].map((file) => {
      const text = program(`#### \`${file}\``, "js").replaceAll("3000", port);
      return start(t, file.replace(".js", ".mjs"), text);
    });
    assert.ok(one !== undefined && other !== undefined);
    return [one, other];
  }

  test("basic usage", async (t) => {
    await start(t, "basic.mjs", program("### Basic Usage", "typescript")).end();
    await start(t, "basic.cjs", program("### Basic Usage", "js")).end();
  });

  test("push and pull", async (t) => {
    const [producer, worker] = await pair(t, "producer.js", "worker.js");
    await producer.line(/^Producer bound to port/);
    await worker.line(/^work: some work$/);
  });

  test("publish and subscribe", async (t) => {
    const [publisher, subscriber] = await pair(t, "publisher.js", "subscriber.js");
    await publisher.line(/^sending a multipart message envelope$/);
    await subscriber.line(
      /^received a message related to: <Buffer 6b 69 .*> containing message: <Buffer 6d 65 6f 77 21>$/,
    );
  });

  test("request and reply", async (t) => {
    const [client] = await pair(t, "client.js", "server.js");
    await client.line(/^<Buffer 38>$/);
  });

  test("the compatibility layer", async (t) => {
    const text = program("## Zeromq 4 and 5 Compatibility layer", "js").replaceAll("3456", String(await freePort()));
    const bound = start(t, "compat.cjs", `${text}\npub.on("bind", () => console.log("bound"));`);
    await bound.line(/^bound$/);
  });

  test("an option by its number", async (t) => {
    const text = program("### Defining new options", "js").replaceAll(": number", "");
    const set = start(t, "options.cjs", `${text}\nconsole.log(sock.sendHighWaterMark, sock.getInt32Option(23));`);
    await set.line(/^456 456$/);
    await set.end();
  });
});
