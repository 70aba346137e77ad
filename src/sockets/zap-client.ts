import { EMPTY } from "../base/bytes.ts";
import { ProtocolError, ZmqError } from "../base/errors.ts";
import type { Peer } from "../base/peer.ts";
import type { Applicant, NoVerdict } from "../engine/host.ts";
import { Pipe, type PipeOwner } from "../pipe/pipe.ts";
import { decodeReply, encodeRequest } from "../security/zap.ts";
import type { Verdict } from "../wire/connection.ts";
import type { SocketSelf } from "./self.ts";

/** RFC 27: where the handler of a context is bound. */
export const ZAP_NAME = "zeromq.zap.01";

const ENDPOINT = `inproc://${ZAP_NAME}`;

/** libzmq's, always: each request has a pipe of its own, and handlers may have come to expect it. */
export const REQUEST_ID = "1";

/**
 * One question to the ZAP handler of a context (RFC 27): a pipe of its own to the REP or ROUTER bound there, so that any
 * number may be under way, a malformed reply belongs to one of them, and a handler that closes ends them all.
 */
export class ZapRequest {
  readonly #answer: (outcome: Verdict | NoVerdict) => void;
  readonly #pipe: Pipe;

  constructor(handler: SocketSelf, applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void) {
    this.#answer = answer;
    const near = (this.#pipe = Pipe.pair({ outLimit: 0, inLimit: 0, conflate: false, far: "socket" }));
    near.endpoint = ENDPOINT;
    near.owner = this.#signals();
    handler.attach(near.far);
    near.meet(peer(handler, handler.type.name), peer(handler, "REQ"));
    if (!near.write(encodeRequest(REQUEST_ID, applicant))) this.#end(gone());
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    this.#pipe.close("peer-lost", "unread");
  }

  #signals(): PipeOwner {
    return {
      readable: () => this.#reply(),
      writable: () => {},
      opened: () => {},
      lost: () => {},
      ended: () => this.#end(gone()),
      subscription: () => {},
    };
  }

  #reply(): void {
    const message = this.#pipe.read();
    if (message === undefined) return;
    try {
      this.#end(decodeReply(message, REQUEST_ID));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end({ error, reason: error.message });
    }
  }

  #end(outcome: Verdict | NoVerdict): void {
    this.cancel();
    this.#answer(outcome);
  }
}

/** Whether the protocol allows a handler of this type; libzmq ends its process at any other. */
export function handles(handler: SocketSelf): boolean {
  return handler.type.peers.includes("REQ");
}

/** Nobody is bound there, or only one whose `type` can't be a handler. libzmq's errno, with which peers come again. */
export function noHandler(type: string | null): NoVerdict {
  const found = type === null ? "" : ` (the ${type} bound there is no REP or ROUTER)`;
  const reason = `nobody is there to authenticate: call authenticate(), or bind a ZAP handler to ${ENDPOINT}${found}`;
  return { error: new ZmqError("EFAULT", { hint: reason }), reason };
}

/** The handler was there, and is no more. */
export function gone(): NoVerdict {
  const reason = `the handler at ${ENDPOINT} closed before it answered`;
  return { error: new ZmqError("EPIPE", { hint: reason }), reason };
}

function peer(handler: SocketSelf, socketType: string): Peer {
  return {
    id: handler.nextPeerId(),
    endpoint: ENDPOINT,
    address: ENDPOINT,
    dialed: false,
    socketType,
    routingId: EMPTY,
    protocol: "",
    mechanism: "",
    properties: new Map(),
  };
}
