import { copyOf } from "../base/bytes.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { Role, Settings } from "./host.ts";
import type { Outbox } from "./outbox.ts";

/** Bits of ZMQ_ROUTER_NOTIFY; ZMQ_STREAM_NOTIFY is both. */
export const NOTIFY_CONNECT = 1;
/** See NOTIFY_CONNECT. */
export const NOTIFY_DISCONNECT = 2;

const NO_BYTES = new Uint8Array(0);

/** Sends what comes before everything queued, on each connection: ZMQ_HELLO_MSG and ZMQ_PROBE_ROUTER. */
export function greet(outbox: Outbox, pipe: Pipe, settings: Settings): void {
  const { helloMessage, probeRouter } = settings;
  if (probeRouter) outbox.first([NO_BYTES], pipe.traffic);
  if (helloMessage !== null && helloMessage.length > 0) outbox.first([helloMessage], pipe.traffic);
}

/** ZMQ_ROUTER_NOTIFY and ZMQ_STREAM_NOTIFY: an empty message, as if from the peer. */
export function announce(pipe: Pipe, bit: number, role: Role, settings: Settings): void {
  const { routerNotify, notify, raw } = settings;
  const bits = role.wire === "raw" || raw ? (notify ? NOTIFY_CONNECT | NOTIFY_DISCONNECT : 0) : routerNotify;
  if ((bits & bit) !== 0) notice(pipe, copyOf(NO_BYTES));
}

/** Delivers to the socket what no peer sent (ZMQ_DISCONNECT_MSG and its like); counted when there is no room. */
export function notice(pipe: Pipe, frame: Uint8Array): void {
  if (pipe.alive && !pipe.write([frame])) pipe.reject("hwm");
}
