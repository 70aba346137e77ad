import { EMPTY, allocate } from "../../base/bytes.ts";

const SLAB_SIZE = 64 * 1024;

/**
 * The memory that small frames are received into: one slab for all connections of the process, written from front to
 * back and never again, because the frames handed out are views of it. It lives as long as any of them.
 */
export const slab: { memory: Uint8Array; at: number } = { memory: EMPTY, at: 0 };

/** Takes `size` bytes of `slab.memory`, which may be another than before, and returns where they start. */
export function reserve(size: number): number {
  if (slab.at + size > slab.memory.length) {
    slab.memory = allocate(Math.max(size, SLAB_SIZE));
    slab.at = 0;
  }
  const start = slab.at;
  slab.at += size;
  return start;
}
