import { allocate } from "../../base/bytes.ts";

/** Just below the largest block that counts (32 MiB, DEFAULT_MMAP_THRESHOLD_MAX). */
const BLOCK = 32 * 1024 * 1024 - 64 * 1024;

let kept = false;

/**
 * Has the C library keep the memory of large bodies that were dropped for the next ones, up to 64 MiB.
 *
 * By itself glibc gives back to the system what is free at the top of its heap beyond 128 KiB, and takes what is larger than
 * that from the system each time, page fault by page fault; until a block that it took so is freed: from then on both limits
 * are that block's size, and twice that (mallopt(3), M_MMAP_THRESHOLD). So one block is taken, never touched, and dropped:
 * the first garbage collection, which it hastens, frees it. Other C libraries keep to their ways. 1 MiB over tcp: 100 to 13
 * page faults for five messages.
 */
export function keepFreed(): void {
  if (kept) return;
  kept = true;
  allocate(BLOCK);
}
