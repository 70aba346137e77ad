import type * as zmq from "../index.ts";
import type { Side } from "./addresses.ts";
import type { Arguments } from "./args.ts";
import type { Flags, Setting, SocketFlag } from "./flags.ts";
import type { FormatName } from "./formats.ts";

/** A command line worth knowing, and what it does. */
export type Example = readonly [command: string, effect: string];

/** One word after `zmq`, as data: dispatch, parsing and help go through it. */
export interface Verb {
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  /** What stands behind the verb and the flags. */
  readonly operands: string;
  /** Paragraphs of help. */
  readonly notes: readonly string[];
  readonly flags: Flags;
  /** Flags that set a socket's options; help lists them apart. */
  readonly options: Flags;
  readonly examples: readonly Example[];
  /** Resolves to the exit code; nothing is 0. */
  run(args: Arguments): Promise<number | undefined>;
}

/** The files of commands/ that work on one socket. */
export type CommandName = "send" | "receive" | "request" | "reply" | "exchange" | "stream";

/** What the command line makes of a socket type, beside what the tables say of it. */
export interface SocketKind {
  /** What addresses without a mark are for. */
  readonly usual: Side;
  /** Messages begin with a peer's routing id. */
  readonly named?: true;
  /** Messages begin with an address, `ip:port`. */
  readonly addressed?: true;
  /** Without --format. */
  readonly format?: FormatName;
  /** Waits for peers before it sends, unless --no-wait. */
  readonly waits?: true;
  /** Where it connects, it says which number that peer has. */
  readonly numbered?: true;
  /** How it subscribes to --topic: by a call, by sending, or by joining it as a group. */
  readonly subscribes?: "call" | "message" | "join";
  readonly flags: readonly SocketFlag[];
  readonly command: CommandName;
  readonly notes: readonly string[];
  readonly examples: readonly Example[];
}

/** All that opening a socket for a verb needs. */
export interface SocketVerb {
  readonly type: zmq.SocketType;
  readonly kind: SocketKind;
  readonly settings: ReadonlyMap<string, Setting>;
}
