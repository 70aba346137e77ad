import { EMPTY } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Peer } from "../base/peer.ts";
import type { Options } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { SocketSelf } from "./self.ts";

export type Marks = Pick<Options, "sendHighWaterMark" | "receiveHighWaterMark">;

/** The marks of a pipe between two sockets are the sums of what both allow. */
export function setMarks(near: Pipe, mine: Marks, theirs: Marks): void {
  near.setLimits(
    sum(mine.sendHighWaterMark, theirs.receiveHighWaterMark),
    sum(mine.receiveHighWaterMark, theirs.sendHighWaterMark),
  );
}

/** The same where each end has a queue of its own: this one's share of the sums. */
export function setShares(near: Pipe, mine: Marks, theirs: Marks): void {
  near.setLimits(
    theirs.receiveHighWaterMark === 0 ? 0 : mine.sendHighWaterMark,
    theirs.sendHighWaterMark === 0 ? 0 : mine.receiveHighWaterMark,
  );
}

/** 0 is unlimited, and one unlimited side makes the sum so. */
function sum(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a + b;
}

/** What a socket is to the one that meets it by a name; `dialed` says which of the two connected. */
export function inprocPeer(
  core: SocketSelf,
  of: Pick<Peer, "socketType" | "routingId" | "dialed">,
  name: string,
): Peer {
  const endpoint = `inproc://${name}`;
  return {
    ...of,
    id: core.nextPeerId(),
    endpoint,
    address: endpoint,
    protocol: "",
    mechanism: "",
    properties: new Map(),
  };
}

/** What a socket's peer is to call it. */
export function ownId(core: SocketSelf): Uint8Array {
  return core.type.identifies ? (core.options.routingId ?? EMPTY) : EMPTY;
}

/** ZMQ_PROBE_ROUTER and ZMQ_HELLO_MSG: what a session sends first on a wire. */
export function greet(core: SocketSelf, pipe: Pipe): void {
  const { probeRouter, helloMessage } = core.options;
  if (probeRouter) say(core, pipe, EMPTY);
  say(core, pipe, helloMessage);
}

/** Writes a message that no user sent, if there is one. */
export function say(core: SocketSelf, pipe: Pipe, frame: Uint8Array | null): void {
  if (frame === null || !pipe.alive) return;
  core.generated(1);
  if (!pipe.write([frame])) pipe.reject("hwm");
}

/** libzmq joins any types here and leaves the outcome to chance; over a wire it refuses, and so is it here. */
export function reportMismatch(core: SocketSelf, name: string, connected: string, bound: string): void {
  const address = `inproc://${name}`;
  const error = new ProtocolError("ERR_ZMTP_SOCKET_TYPE_MISMATCH", `${connected} connected to ${bound}`);
  core.connections.handshakePeerType++;
  core.emit("handshake:error:protocol", { address, peerAddress: address, reason: error.message, error });
}
