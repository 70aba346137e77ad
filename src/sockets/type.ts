import type { Role } from "../engine/host.ts";
import type { TypeName } from "../options/socket-types.ts";
import type { Beside } from "./beside.ts";
import type { Pattern, PatternHost } from "./pattern.ts";

/** A socket type, once: compatibility, docs, the command line and the tests derive from it. */
export interface SocketType extends Role {
  readonly name: TypeName;
  /** libzmq's constant: ZMQ_PAIR is 0. */
  readonly number: number;
  /** zeromq.js' class name. */
  readonly className: string;
  readonly peers: readonly TypeName[];
  readonly sends: boolean;
  readonly receives: boolean;
  /** What goes beside the one part of each message, for types that have such a thing. */
  readonly beside?: Beside;
  /** What send() does when nobody can take a message. */
  readonly whenMute: "wait" | "drop" | "error" | "never sends";
  /** A second connect() to the same endpoint makes no second connection (libzmq.md 1.3). */
  readonly connectsOnce: boolean;
  /** One sentence for people. */
  readonly doc: string;
  pattern(host: PatternHost): Pattern;
}

const types = new Map<number, SocketType>();

/** Declares a socket type; `new Socket(number)` finds it from then on. */
export function socketType(type: SocketType): SocketType {
  types.set(type.number, type);
  return type;
}

export function typeByNumber(number: number): SocketType | undefined {
  return types.get(number);
}
