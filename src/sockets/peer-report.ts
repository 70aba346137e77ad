import { printable } from "../base/bytes.ts";
import type { PeerStats } from "../observe/metrics.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { SocketSelf } from "./self.ts";
import { countsOf } from "./ledger.ts";

/** One peer of a socket: who it is and what went to and fro. */
export interface PeerReport extends PeerStats {
  /** Counts up within the process; events carry it as `peer`. 0 while nobody has answered yet. */
  readonly id: number;
  /** Whether its handshake is done and its connection up. */
  readonly connected: boolean;
  /** What this side bound or connected. */
  readonly endpoint: string;
  /** Where the peer is; empty while unknown. */
  readonly address: string;
  readonly dialed: boolean;
  readonly socketType: string;
  /** As a person reads it; empty when it has none. */
  readonly routingId: string;
  /** "3.1"; empty on inproc and for raw TCP. */
  readonly protocol: string;
  readonly mechanism: string;
  /** Who it is, as whoever authenticated it says (`User-Id`); empty when nobody did. */
  readonly userId: string;
  readonly properties: ReadonlyMap<string, string>;
  /** Handshakes beyond the first. */
  readonly reconnects: number;
  /** When bytes last came or went, in ms since 1970; null before. */
  readonly lastTraffic: number | null;
}

export function peerReports(core: SocketSelf): PeerReport[] {
  return [...core.ledger.pipes()].map((pipe) => reportOf(core, pipe));
}

/** What is known of the peer behind one pipe. */
export function reportOf(core: SocketSelf, pipe: Pipe): PeerReport {
  const { peer, traffic } = pipe;
  const { clock } = core;
  const age = clock.now() - traffic.lastTraffic;
  return {
    ...countsOf(pipe),
    id: peer?.id ?? 0,
    connected: pipe.connected,
    endpoint: peer?.endpoint ?? pipe.endpoint,
    address: peer?.address ?? "",
    dialed: peer?.dialed ?? true,
    socketType: peer?.socketType ?? "",
    routingId: peer === undefined || peer.routingId.length === 0 ? "" : printable(peer.routingId),
    protocol: peer?.protocol ?? "",
    mechanism: peer?.mechanism ?? "",
    userId: peer?.properties.get("User-Id") ?? "",
    properties: peer?.properties ?? new Map<string, string>(),
    reconnects: Math.max(0, traffic.handshakes - 1),
    lastTraffic: traffic.lastTraffic === 0 ? null : clock.date() - age,
  };
}
