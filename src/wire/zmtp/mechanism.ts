import type { Batch } from "../../base/batch.ts";

/** A ZMTP command: its name and what follows (RFC 37 "command-body"). */
export interface Command {
  readonly name: string;
  readonly data: Uint8Array;
}

/** What a mechanism wants next. */
export type Step =
  | { readonly kind: "continue"; readonly send: readonly Command[] }
  /** Have these credentials judged; if they pass, go on with `authenticated`. Copies: they may be kept. */
  | { readonly kind: "authenticate"; readonly credentials: readonly Uint8Array[] }
  /** The handshake is done; `metadata` is what the peer said of itself, still encoded. */
  | { readonly kind: "ready"; readonly send: readonly Command[]; readonly metadata: Uint8Array };

/**
 * What the ZMTP connection asks of a security mechanism (RFC 23 "security mechanisms"): a small machine of commands.
 * It does no I/O and judges no credentials; a peer that breaks the rules makes it throw a ProtocolError.
 */
export interface Mechanism {
  /** As in the greeting: "NULL". */
  readonly name: string;
  /** The option that chose it, for errors: "curveServer"; "" where none is set. */
  readonly chosenBy: string;
  /**
   * Whether peers that know no mechanism (ZMTP 1.0 and 2.0) may go without: it neither keeps anybody out nor hides
   * anything. Then its first commands may leave before the peer's greeting is whole. Absent: they are refused.
   */
  readonly dispensable?: boolean;
  /** The first step, taken once both greetings are there; or, where it is `dispensable`, the peer's version. */
  begin(): Step;
  handle(command: Command): Step;
  /** The credentials passed. Present when the mechanism has a step "authenticate". */
  authenticated?(): Step;
  /** Present when the mechanism changes traffic: appends the sealed form of one frame. */
  seal?(flags: number, body: Uint8Array, into: Batch): void;
  /** Likewise: the frame inside a sealed one, whose flags and body these are. It may lie in the same memory. */
  open?(flags: number, body: Uint8Array): OpenedFrame;
  /** Likewise: how many octets longer a sealed frame is. */
  readonly overhead?: number;
}

/** A frame as it was before it was sealed. */
export interface OpenedFrame {
  /** MORE and COMMAND. */
  readonly flags: number;
  readonly body: Uint8Array;
}

/** Makes the mechanism of one connection, which tells the peer `metadata`: this side's properties, encoded. */
export type MechanismFactory = (metadata: Uint8Array) => Mechanism;
