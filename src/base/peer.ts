/** What is known of whoever is behind a pipe. Filled in when its handshake is done; inproc peers have no wire facts. */
export interface Peer {
  /** Counts up within the process; says which connection an event speaks of. */
  readonly id: number;
  /** The endpoint this side bound or connected, as `lastEndpoint` gives it. */
  readonly endpoint: string;
  /** Where the peer is: `tcp://127.0.0.1:40112`, `ipc://…`, `inproc://…`. */
  readonly address: string;
  /** Whether this side connected (rather than accepted). */
  readonly dialed: boolean;
  /** What the peer says it is: "DEALER". Empty when unknown. */
  readonly socketType: string;
  /** The peer's `Identity` property (RFC 37), or the frame that older peers greet with; empty when it has none. */
  readonly routingId: Uint8Array;
  /** "3.1", "3.0", "2.0", "1.0"; empty on inproc and STREAM. */
  readonly protocol: string;
  /** "NULL"; empty on inproc and STREAM. */
  readonly mechanism: string;
  /** READY properties and what the transport adds (`Peer-Address`), as libzmq's `zmq_msg_gets` knows them. */
  readonly properties: ReadonlyMap<string, string>;
}
