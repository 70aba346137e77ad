import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createCertificate, readCertificate, writeCertificate } from "../../src/certificates.ts";
import { Context, curvePublicKey, plainUsers, Pull } from "../../src/index.ts";
import { run, Zmq } from "./zmq.ts";

test("zmq keygen prints a pair of keys that belong together", async (t) => {
  const { code, out } = await run(t, "keygen");
  assert.equal(code, 0);
  const [, publicKey, secretKey = ""] = /^public key  (\S{40})\nsecret key  (\S{40})\n$/.exec(out) ?? [];
  assert.equal(curvePublicKey(secretKey), publicKey);
});

test("zmq keygen --json prints them for scripts", async (t) => {
  const { publicKey, secretKey } = JSON.parse((await run(t, "keygen", "--json")).out) as Record<string, string>;
  assert.equal(curvePublicKey(secretKey ?? ""), publicKey);
});

test("zmq keygen --certificate writes them, prints no secret, and overwrites nothing", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "keygen-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "alice.cert");
  const args = ["keygen", "--certificate", file, "--meta", "name=Alice", "--meta", "note=a=b"];
  const { code, out } = await run(t, ...args);
  assert.equal(code, 0);
  const certificate = readCertificate(file);
  assert.deepEqual(certificate.metadata, { name: "Alice", note: "a=b" });
  assert.equal(out, `public key  ${certificate.publicKey}\nwritten to  ${file}, ${file}_secret\n`);
  assert.equal(statSync(`${file}_secret`).mode & 0o777, 0o600);
  const again = await run(t, ...args);
  assert.equal(again.code, 1);
  assert.match(again.err, /File exists .*overwrite/);
  assert.equal((await run(t, ...args, "--overwrite")).code, 0);
  assert.notEqual(readCertificate(file).publicKey, certificate.publicKey);
});

test("a command line that makes no sense writes nothing", async (t) => {
  for (const args of [
    ["--meta", "a=b"],
    ["--overwrite"],
    ["server.cert"],
    ["--certificate", "/nowhere", "--meta", "=b"],
  ]) {
    assert.equal((await run(t, "keygen", ...args)).code, 2);
  }
});

test("the command talks CURVE with keys from certificates, and PLAIN with a password from a file", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "keygen-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "server.cert");
  const server = createCertificate();
  writeCertificate(file, server);
  const reply = new Zmq(
    t,
    "rep",
    "tcp://127.0.0.1:*",
    "--echo",
    "--count",
    "1",
    "--curve-server",
    "--curve-secret-key",
    file,
  );
  const address = await reply.bound();
  const { code, out } = await run(t, "req", address, "--message", "hello", "--curve-server-key", server.publicKey);
  assert.equal(code, 0);
  assert.equal(out, "hello\n");

  const password = path.join(folder, "password");
  writeFileSync(password, "open sesame\n");
  const context = new Context();
  const pull = new Pull({ context, plainServer: true, receiveTimeout: 20_000 });
  t.after(() => pull.close());
  pull.authenticate(plainUsers({ alice: "open sesame" }));
  pull.bindSync("tcp://127.0.0.1:*");
  const to = pull.lastEndpoint ?? "";
  await run(t, "push", to, "--message", "hello", "--plain-username", "alice", "--plain-password", password);
  assert.deepEqual((await pull.receive()).map(String), ["hello"]);
});
