import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { formatOf } from "../../src/cli/formats.ts";
import { lines, messagesOf } from "../../src/cli/input.ts";

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of from) items.push(item);
  return items;
}

const stream = (chunks: readonly Uint8Array[]): AsyncIterable<Buffer> =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const HEX = formatOf("hex", { delimiter: "\t", named: false });
const RAW = formatOf("raw", { delimiter: "\t", named: false });

test("lines are the same wherever the input is cut", async () => {
  const text = Buffer.from("one\n\ntwo\xff\nthree", "latin1");
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), fc.nat(text.length), async (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const found = await all(lines(stream([text.subarray(0, from), text.subarray(from, to), text.subarray(to)])));
      assert.deepEqual(
        found.map((line) => line.toString("latin1")),
        ["one", "", "two\xff", "three"],
      );
    }),
  );
});

test("an error in the input names the line", async () => {
  await assert.rejects(
    all(messagesOf(stream([Buffer.from("00\nxx\n")]), HEX)),
    /^Error: line 2: "xx" is not hexadecimal/,
  );
});

test("raw input is one message, or none when there is nothing", async () => {
  assert.deepEqual(await all(messagesOf(stream([Buffer.from("a\n"), Buffer.from("b")]), RAW)), [[Buffer.from("a\nb")]]);
  assert.deepEqual(await all(messagesOf(stream([]), RAW)), []);
});
