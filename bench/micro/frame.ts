import { Batch, recycle } from "../../src/base/batch.ts";
import { concat } from "../../src/base/bytes.ts";
import { Decoder } from "../../src/wire/zmtp/decoder.ts";
import { MANY, type Task } from "./task.ts";

const SIZES = [1, 64, 1024];

/** The frame codec: messages into a batch, and a chunk of the same frames back out of a decoder. */
export function frameTasks(): Task[] {
  return SIZES.flatMap((size) => [encoding(size), decoding(size)]);
}

function encoding(size: number): Task {
  const body = new Uint8Array(size);
  const batch = new Batch();
  const run = (): void => {
    for (let left = MANY; left > 0; left--) batch.frame(0, body);
    recycle(batch.take());
  };
  return { name: `frame: encode ${size} B`, each: MANY, run };
}

function decoding(size: number): Task {
  const batch = new Batch();
  for (let left = MANY; left > 0; left--) batch.frame(0, new Uint8Array(size));
  const chunk = concat(batch.take().parts);
  let frames = 0;
  const decoder = new Decoder({ frame: () => ++frames > 0 }, size);
  return { name: `frame: decode ${size} B`, each: MANY, run: () => decoder.receive(chunk, 0) };
}
