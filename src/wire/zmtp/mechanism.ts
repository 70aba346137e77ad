import type { Batch } from "../../base/batch.ts";

/** A ZMTP command: its name and what follows (RFC 37 "command-body"). */
export interface Command {
  readonly name: string;
  readonly data: Uint8Array;
}

/** What a mechanism wants next. */
export type Step =
  | { readonly kind: "continue"; readonly send: readonly Command[] }
  /** Ask whoever was injected whether these credentials pass; the verdict comes back through `authenticated`. */
  | { readonly kind: "authenticate"; readonly credentials: readonly Uint8Array[] }
  /** The handshake is done; `metadata` is what the peer said of itself, still encoded. */
  | { readonly kind: "ready"; readonly send: readonly Command[]; readonly metadata: Uint8Array };

/**
 * What the ZMTP connection asks of a security mechanism (RFC 23 "security mechanisms"): a small machine of commands.
 * It does no I/O; a peer that breaks the rules makes `handle` throw a ProtocolError.
 */
export interface Mechanism {
  /** As in the greeting: "NULL". */
  readonly name: string;
  /** Commands sent before anything of the peer's was read. */
  begin(): readonly Command[];
  handle(command: Command): Step;
  authenticated?(verdict: { readonly accepted: boolean; readonly status: string }): Step;
  /** Present when the mechanism changes traffic: appends the sealed form of one frame. */
  seal?(flags: number, body: Uint8Array, into: Batch): void;
  /** Present when the mechanism changes traffic: the frame inside a sealed one. */
  open?(body: Uint8Array): { readonly flags: number; readonly body: Uint8Array };
}

/** Makes the mechanism of one connection, which tells the peer `metadata`: this side's properties, encoded. */
export type MechanismFactory = (metadata: Uint8Array) => Mechanism;
