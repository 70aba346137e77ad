import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../../src/base/bytes.ts";
import { decodeAddress, encodeAddress } from "../../../src/wire/udp/address.ts";

const decoded = (text: string): object | null => decodeAddress(utf8(text));

test("an address is written ip:port with a zero byte, an IPv6 one in brackets", () => {
  assert.equal(String(encodeAddress({ address: "127.0.0.1", port: 5555 })), "127.0.0.1:5555\0");
  assert.equal(String(encodeAddress({ address: "fe80::1%eth0", port: 1 })), "[fe80::1%eth0]:1\0");
});

test("an address is read with and without the zero byte", () => {
  for (const end of ["", "\0"]) {
    assert.deepEqual(decoded(`127.0.0.1:5555${end}`), { address: "127.0.0.1", port: 5555 });
    assert.deepEqual(decoded(`[::1]:65535${end}`), { address: "::1", port: 65_535 });
    assert.deepEqual(decoded(`[fe80::1%eth0]:1${end}`), { address: "fe80::1%eth0", port: 1 });
  }
});

test("names, wildcards, missing or impossible halves are no addresses", () => {
  const wrong = ["", "\0", ":", "127.0.0.1", "127.0.0.1:", ":5555", "localhost:5555", "*:5555", "127.0.0.1:*"];
  wrong.push("127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999", "127.0.0.1:123456", "127.0.0.1:-1", "127.0.0.1:5x");
  wrong.push(
    "256.0.0.1:5",
    "1.2.3:5",
    "1.2.3.4.5:5",
    "::1:5555",
    "[127.0.0.1:5",
    "[]:5",
    "127.0.0.1:5\0\0",
    " 127.0.0.1:5",
  );
  wrong.push("127.0.0.1:5\n", `[${":".repeat(200)}]:5`);
  for (const text of wrong) assert.equal(decoded(text), null, JSON.stringify(text));
});
