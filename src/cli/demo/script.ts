import type { Drops } from "../../index.ts";
import type { Library, RoleName } from "./cast.ts";

/** What the director tells an actor, in this order. */
export type Cue =
  | {
      readonly cue: "open";
      readonly role: RoleName;
      readonly library: Library;
      readonly uses: readonly string[];
      readonly folder: string;
    }
  /** Send. */
  | { readonly cue: "go" }
  /** Send no more; report often. */
  | { readonly cue: "stop" }
  /** Close everything and exit. */
  | { readonly cue: "end" };

/** What an actor tells the director. */
export type Word =
  /** The sockets are there; addresses that were bound, by name. */
  | { readonly is: "open"; readonly addresses: Readonly<Record<string, string>> }
  /** Nothing more will be sent on its own account, and all is out. */
  | { readonly is: "quiet" }
  | { readonly is: "report"; readonly ports: Readonly<Record<string, PortReport>> };

/** The numbers of one socket. */
export interface PortReport {
  readonly library: Library;
  /** Messages and bytes as the program itself counted them. */
  readonly sent: number;
  readonly received: number;
  readonly bytesReceived: number;
  /** As the socket counted them; what libzmq does not tell is absent. */
  readonly copies: number;
  readonly queuedOut: number;
  readonly queuedIn: number;
  readonly drops: Readonly<Drops> | null;
  /** Messages its books can't account for. */
  readonly unaccounted: number;
}
