import fs from "node:fs";

const napping: Int32Array = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes to a non-blocking descriptor before it returns, for a process that is about to exit.
 *
 * Waits in naps of 1 ms while the kernel is full, and gives up after `limit` ms without progress or on any error.
 * Returns how many bytes went out.
 */
export function writeAllSync(fd: number, parts: readonly Uint8Array[], limit: number): number {
  let total = 0;
  for (const part of parts) {
    const written = writePart(fd, part, limit);
    total += written;
    if (written < part.length) break;
  }
  return total;
}

function writePart(fd: number, part: Uint8Array, limit: number): number {
  let at = 0;
  let progress = performance.now();
  while (at < part.length) {
    const written = tryWrite(fd, part, at);
    if (written < 0) break;
    if (written > 0) progress = performance.now();
    else if (performance.now() - progress >= limit) break;
    else Atomics.wait(napping, 0, 0, 1);
    at += written;
  }
  return at;
}

/** Bytes written; 0 when the kernel is full, -1 when it will never take more. */
function tryWrite(fd: number, part: Uint8Array, at: number): number {
  try {
    return fs.writeSync(fd, part, at);
  } catch (error) {
    return (error as { code?: unknown }).code === "EAGAIN" ? 0 : -1; // any thrown value may be asked for a code
  }
}

/** Waits until the peer says something, or ends, for at most `limit` ms. */
export function awaitWord(fd: number, limit: number): void {
  const memory = new Uint8Array(1024);
  const end = performance.now() + limit;
  while (!hears(fd, memory) && performance.now() < end) Atomics.wait(napping, 0, 0, 1);
}

/** Whether anything came: bytes, an end, or an error. */
function hears(fd: number, memory: Uint8Array): boolean {
  try {
    fs.readSync(fd, memory);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== "EAGAIN"; // any thrown value may be asked for a code
  }
}

/**
 * Reads and forgets what has arrived: closing with unread bytes makes the kernel send a reset and drop what it has not
 * sent yet. Bounded, because a peer may send faster than we read.
 */
export function discardArrived(fd: number): void {
  const memory = new Uint8Array(64 * 1024);
  try {
    for (let reads = 0; reads < 1024 && fs.readSync(fd, memory) > 0; reads++);
  } catch {
    // EAGAIN: nothing is left. Anything else: the connection is beyond saving.
  }
}

/** The last `bytes` bytes of a list of parts. */
export function tailOf(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = -bytes;
  for (const part of parts) skip += part.length;
  const tail: Uint8Array[] = [];
  for (const part of parts) {
    if (skip < part.length) tail.push(skip > 0 ? part.subarray(skip) : part);
    skip -= part.length;
  }
  return tail;
}
