import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { createCertificate, readCertificate, readCertificates, writeCertificate } from "../src/certificates.ts";
import { curveKeyPair, curvePublicKey, decodeZ85 } from "../src/index.ts";

/** RFC 26's client. */
const SECRET = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
const PUBLIC = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), "certificates-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("test_sodium/test__zmq_curve_keypair__always__success: a pair of keys is 40 characters each, and new each time", () => {
  const [first, second] = [curveKeyPair(), curveKeyPair()];
  for (const key of [first.publicKey, first.secretKey]) assert.equal(decodeZ85(key).length, 32);
  assert.notEqual(first.secretKey, second.secretKey);
  assert.equal(curvePublicKey(first.secretKey), first.publicKey);
});

test("test_sodium/test__zmq_curve_public__valid__success: the public key of a secret one, from text or bytes", () => {
  assert.equal(curvePublicKey(SECRET), PUBLIC);
  assert.equal(curvePublicKey(decodeZ85(SECRET)), PUBLIC);
});

test("test_sodium/test__zmq_curve_public__invalid__failure_short, _long: what is no key is EINVAL", () => {
  const long = `${SECRET}00000`;
  for (const wrong of ["", "HelloWorld", long, "~".repeat(40), new Uint8Array(31), new Uint8Array(33), 5 as never]) {
    assert.throws(() => curvePublicKey(wrong), { code: "EINVAL" });
  }
});

test("a certificate is written as two files, the secret one for its owner alone, and read back", (t) => {
  const file = path.join(folder(t), "alice.cert");
  const certificate = createCertificate({ secretKey: SECRET, metadata: { name: "Alice", email: "alice@example.com" } });
  writeCertificate(file, certificate);
  assert.equal(statSync(`${file}_secret`).mode & 0o777, 0o600);
  const read = readCertificate(file);
  assert.deepEqual({ ...read }, { publicKey: PUBLIC, metadata: { name: "Alice", email: "alice@example.com" } });
  assert.equal(read.secretKey, SECRET);
});

test("the public file has no secret in it, and is read where the other one is missing", (t) => {
  const file = path.join(folder(t), "alice.cert");
  writeCertificate(file, createCertificate({ secretKey: SECRET }));
  assert.equal(readFileSync(file, "utf8").includes(SECRET), false);
  assert.match(readFileSync(file, "utf8"), /\nmetadata\ncurve\n    public-key = "Yne@/);
  rmSync(`${file}_secret`);
  assert.equal(readCertificate(file).secretKey, null);
  assert.equal(readCertificate(file).publicKey, PUBLIC);
});

test("printing a certificate does not show its secret key", () => {
  const certificate = createCertificate({ secretKey: SECRET });
  assert.equal(inspect(certificate).includes(SECRET), false);
  assert.equal(JSON.stringify(certificate).includes(SECRET), false);
});

test("keys are not overwritten unless that is wanted, and then keep no wider mode", (t) => {
  const file = path.join(folder(t), "alice.cert");
  writeFileSync(`${file}_secret`, "something", { mode: 0o644 });
  const certificate = createCertificate();
  assert.throws(() => writeCertificate(file, certificate), { code: "EEXIST" });
  assert.equal(existsSync(file), false);
  writeCertificate(file, certificate, { overwrite: true });
  assert.equal(statSync(`${file}_secret`).mode & 0o777, 0o600);
  assert.equal(readCertificate(file).secretKey, certificate.secretKey);
});

test("a certificate without a secret key leaves no secret file behind", (t) => {
  const file = path.join(folder(t), "bob.cert");
  writeCertificate(file, createCertificate());
  const publicOnly = { publicKey: PUBLIC, secretKey: null, metadata: {} };
  writeCertificate(file, publicOnly, { overwrite: true });
  assert.equal(existsSync(`${file}_secret`), false);
  assert.equal(readCertificate(file).publicKey, PUBLIC);
});

test("all public certificates of a folder", (t) => {
  const place = folder(t);
  const made = ["a.cert", "b.key"].map((name) => {
    const certificate = createCertificate({ metadata: { name } });
    writeCertificate(path.join(place, name), certificate);
    return certificate.publicKey;
  });
  const read = readCertificates(place);
  assert.deepEqual(new Set(read.map(({ publicKey }) => publicKey)), new Set(made));
  assert.deepEqual(
    read.map(({ secretKey }) => secretKey),
    [null, null],
  );
});

test("CZMQ's file, with its comments and 40 zeros for the key it has not", (t) => {
  const file = path.join(folder(t), "mycert.txt");
  const text = `#   ****  Generated on 2026-11-20 by CZMQ  ****\n\nmetadata\n    version = "1"\ncurve\n    public-key = "${PUBLIC}"\n    secret-key = "${"0".repeat(40)}"\n`;
  writeFileSync(file, text);
  assert.deepEqual({ ...readCertificate(file) }, { publicKey: PUBLIC, metadata: { version: "1" } });
  assert.equal(readCertificate(file).secretKey, null);
});

for (const [what, text] of [
  ["no ZPL", "= 5"],
  ["no key", "metadata\n"],
  ["a key that is none", 'curve\n    public-key = "short"\n'],
  ["keys that do not belong together", `curve\n    public-key = "${PUBLIC}"\n    secret-key = "${"1".repeat(40)}"\n`],
] as const) {
  test(`${what} is EINVAL, which names the file and tells no key`, (t) => {
    const file = path.join(folder(t), "wrong.cert");
    writeFileSync(file, text);
    assert.throws(
      () => readCertificate(file),
      (error) => error instanceof Error && error.message.includes(file) && !error.message.includes("1111"),
    );
  });
}

test("files that can't be read or written are the system's errors", (t) => {
  const missing = path.join(folder(t), "none", "alice.cert");
  assert.throws(() => readCertificate(missing), { code: "ENOENT" });
  assert.throws(() => readCertificates(missing), { code: "ENOENT" });
  assert.throws(() => writeCertificate(missing, createCertificate()), { code: "ENOENT" });
  assert.throws(() => createCertificate({ secretKey: "short" }), { code: "EINVAL" });
  const odd = createCertificate({ metadata: { "two words": "" } });
  assert.throws(() => writeCertificate(path.join(folder(t), "odd"), odd), { code: "EINVAL" });
});
