import type { SocketType } from "../index.ts";

type Beside = NonNullable<SocketType["beside"]>;

/** What a message of such a type is to its user. */
type Shown = readonly [body: Buffer, beside: Readonly<Record<string, Buffer | number>>];

/** On the command line a group, or a routing id in decimal digits, is the first frame of a message; the body the second. */
export function toFrames({ property }: Beside, message: readonly unknown[]): Buffer[] {
  const [body, beside] = message as Shown; // it was received by a socket of this type
  const value = beside[property];
  return [Buffer.from(typeof value === "number" ? String(value) : (value ?? "")), body];
}

/** The body, and the options to send it with. */
export function fromFrames({ property }: Beside, message: readonly Buffer[]): [Buffer[], object] {
  const [first, ...body] = message;
  if (first === undefined || body.length === 0) {
    const what = property === "group" ? "its group" : "the number of its peer";
    throw new Error(`a message begins with ${what}, as a frame before the body; this one is "${String(first)}"`);
  }
  return [body, { [property]: property === "group" ? first : Number(first) }];
}
