import { allocate, EMPTY } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";
import { DROP_REASONS, noDrops, type DropReason, type Drops } from "../observe/drops.ts";

/** What an I/O thread tells of a pipe, each since the pipe was made. The order is the wire's, between threads. */
const NUMBERS = [
  /** Messages of the socket that are no longer queued. */
  "left",
  "delivered",
  "inFlight",
  "generated",
  "bytesOut",
  "bytesIn",
  /** When bytes last came or went, in ms since 1970: each thread's clock has its own beginning. */
  "lastTraffic",
  "handshakes",
  /** Messages of the peer that never reached the socket. */
  "lostIn",
  /** How often reading stopped at the mark. */
  "stopsIn",
] as const;

const REASONS = Object.keys(DROP_REASONS) as DropReason[]; // the table's keys

/** The books of one pipe, as the I/O thread has them. */
export type PipeBooks = Readonly<Record<(typeof NUMBERS)[number], number>> & { readonly drops: Readonly<Drops> };

/** The books as frames, in plain numbers: they cross once a turn for each pipe that is at work. */
export function encodeBooks(books: PipeBooks): Message {
  const bytes = allocate(8 * (NUMBERS.length + REASONS.length));
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, NUMBERS.length + REASONS.length);
  NUMBERS.forEach((name, at) => (numbers[at] = books[name]));
  REASONS.forEach((reason, at) => (numbers[NUMBERS.length + at] = books.drops[reason]));
  return [EMPTY, bytes];
}

/** Whether these are books, and not a word (commands.ts), which is text and never empty. */
export function isBooks(frames: Message): boolean {
  return frames[0]?.length === 0;
}

/** What `encodeBooks` wrote. */
export function decodeBooks([, bytes = EMPTY]: Message): PipeBooks {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (place: number): number => words.getFloat64(8 * place, LITTLE_ENDIAN);
  const drops = noDrops();
  REASONS.forEach((reason, place) => (drops[reason] = at(NUMBERS.length + place)));
  const numbers = Object.fromEntries(NUMBERS.map((name, place) => [name, at(place)]));
  return { ...numbers, drops } as unknown as PipeBooks; // a number for each name
}

/** Both threads have the same processor. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export const NO_BOOKS: PipeBooks = {
  ...(Object.fromEntries(NUMBERS.map((name) => [name, 0])) as Record<(typeof NUMBERS)[number], number>), // the names
  drops: noDrops(),
};
