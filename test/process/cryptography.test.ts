import assert from "node:assert/strict";
import { test } from "node:test";
import { child } from "../transports/node/child.ts";

/** Boxes on both sides of each size where something else seals them. */
const TALK = `
  import { Pull, Push, curveKeyPair } from "src/index.ts";
  const [server, client] = [curveKeyPair(), curveKeyPair()];
  const pull = new Pull({ curveServer: true, curveSecretKey: server.secretKey });
  const push = new Push({ curveServerKey: server.publicKey, curveSecretKey: client.secretKey });
  await pull.bind("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint);
  for (const size of [1, 100, 1000, 100_000]) {
    await push.send(Buffer.alloc(size, 7));
    const [body] = await pull.receive();
    console.log("took " + body.equals(Buffer.alloc(size, 7)));
  }`;

test("CURVE works without the vectors of WebAssembly, as on processors before SSE 4.1", async () => {
  const flag = process.arch === "x64" ? ["--no-enable-sse4-1"] : [];
  const talking = child(TALK, undefined, flag);
  assert.equal(await talking.exit(), 0, talking.said());
  assert.equal(talking.said(), "took true\n".repeat(4));
});

test("CURVE without WebAssembly is ENOTSUP at bind and connect, and says what to do", async () => {
  const refused = child(
    `
    import { Pull, curveKeyPair } from "src/index.ts";
    const { publicKey, secretKey } = curveKeyPair();
    const server = new Pull({ curveServer: true, curveSecretKey: secretKey });
    const client = new Pull({ curveServerKey: publicKey, curveSecretKey: secretKey });
    const said = (error) => console.log(error.code + ": " + error.message);
    await server.bind("tcp://127.0.0.1:*").catch(said);
    try { client.connect("tcp://127.0.0.1:1"); } catch (error) { said(error); }`,
    undefined,
    ["--jitless"],
  );
  assert.equal(await refused.exit(), 0, refused.said());
  const errors = refused.said().match(/^ENOTSUP: .*CURVE can't protect it: .*without --jitless$/gm);
  assert.equal(errors?.length, 2, refused.said());
});
