import { EMPTY, text, utf8, view } from "../base/bytes.ts";
import {
  AuthenticationError,
  ProtocolError,
  ZmqError,
  type ErrorCode,
  type ProtocolErrorCode,
} from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { RefusalStatus } from "../wire/connection.ts";

/** What stands for a value that JSON has no form for: no name in options or metadata has a NUL in it. */
const MARK = "\u0000";

type Marked = readonly ["bytes", number] | readonly ["map", [unknown, unknown][]] | readonly ["error", ErrorForm];

interface ErrorForm {
  readonly kind: "zmq" | "protocol" | "authentication" | "other";
  readonly message: string;
  /** Its further properties: code, address, and what the system says beside. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * A value as frames, for the way between threads: JSON, with bytes in frames of their own. Takes what commands are made
 * of: plain objects and lists, text, numbers, `Uint8Array`, `Map`, and errors, which keep their class, code and text.
 */
export function encodeValue(value: unknown): Message {
  const frames: Message = [EMPTY];
  const json = JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    const raw = this[key]; // what it was before toJSON(), which a Buffer has
    if (raw instanceof Uint8Array) return { [MARK]: ["bytes", frames.push(raw) - 1] satisfies Marked };
    if (raw instanceof Map) return { [MARK]: ["map", [...raw]] satisfies Marked };
    if (raw instanceof Error) return { [MARK]: ["error", formOf(raw)] satisfies Marked };
    return plain;
  });
  frames[0] = utf8(json);
  return frames;
}

/** What `encodeValue` made frames of, in another thread of this process: it is trusted to be the type that was sent. */
export function decodeValue<T>(frames: Message): T {
  const [json = EMPTY] = frames;
  return JSON.parse(text(json), (_key, value: unknown) => {
    const marked = (value as { [MARK]?: Marked } | null)?.[MARK]; // any value may be asked for a property but null
    return marked === undefined ? value : unmarked(marked, frames);
  }) as T;
}

function unmarked(marked: Marked, frames: Message): unknown {
  if (marked[0] === "map") return new Map(marked[1]);
  if (marked[0] === "error") return errorOf(marked[1]);
  const bytes = frames[marked[1]] ?? EMPTY;
  return view(bytes, 0, bytes.length);
}

function formOf(error: Error): ErrorForm {
  const kind =
    error instanceof AuthenticationError
      ? "authentication"
      : error instanceof ProtocolError
        ? "protocol"
        : error instanceof ZmqError
          ? "zmq"
          : "other";
  const { cause } = error;
  const facts = Object.fromEntries(Object.entries(error).filter(([name]) => name !== "cause"));
  return { kind, message: error.message, facts, ...(cause === undefined ? {} : { cause }) };
}

function errorOf({ kind, message, facts, cause }: ErrorForm): Error {
  const error = emptyError(kind, facts);
  Object.assign(error, facts);
  Object.defineProperty(error, "message", { value: message, writable: true, configurable: true });
  if (cause !== undefined) Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true });
  return error;
}

function emptyError(kind: ErrorForm["kind"], facts: ErrorForm["facts"]): Error {
  if (kind === "zmq") return new ZmqError(facts["code"] as ErrorCode); // one of these had it
  if (kind === "protocol") return new ProtocolError(facts["code"] as ProtocolErrorCode); // likewise
  if (kind !== "authentication") return new Error();
  return new AuthenticationError(facts["status"] as RefusalStatus, facts["reason"] as string); // likewise
}
