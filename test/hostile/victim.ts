import assert from "node:assert/strict";
import { unaccounted } from "../../src/observe/metrics.ts";
import * as zmq from "../../src/index.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import { until } from "../conformance/recorders.ts";
import { goodClient, type GoodClient } from "./good-client.ts";
import { serve } from "./service.ts";

/** All socket types, and those that speak ZMTP. */
export const TYPES: readonly TypeName[] = SOCKETS.map(({ name }) => name);
export const ZMTP_TYPES: readonly TypeName[] = TYPES.filter((type) => type !== "STREAM");

/** A type of peer that each takes. */
export function peerOf(type: TypeName): string {
  return SOCKETS.find(({ name }) => name === type)?.peers[0] ?? "";
}

/** A bound socket at its ordinary work, and a good client that is served there. */
export interface Victim {
  readonly socket: zmq.Socket;
  readonly endpoint: string;
  readonly client: GoodClient;
}

const CLASSES: Readonly<Record<TypeName, new (options: object) => zmq.Socket>> = {
  PAIR: zmq.Pair,
  PUB: zmq.Publisher,
  SUB: zmq.Subscriber,
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PULL: zmq.Pull,
  PUSH: zmq.Push,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
  STREAM: zmq.Stream,
};

/** A socket of that type, which lingers for nobody. */
export function make(type: TypeName, options: object = {}): zmq.Socket {
  const extra = type === "REQ" ? { relaxed: true, correlate: true } : {};
  return new CLASSES[type]({ linger: 0, ...extra, ...options });
}

/** Runs an attack on a fresh victim; the good client is served before and after, and the books balance. */
export async function withVictim(
  type: TypeName,
  options: object,
  attack: (victim: Victim) => Promise<void>,
): Promise<void> {
  const heard = new Set<string>();
  const socket = make(type, options);
  if (socket instanceof zmq.Subscriber) socket.subscribe();
  if (socket instanceof zmq.XSubscriber) socket.trySend(Buffer.of(1));
  await socket.bind("tcp://127.0.0.1:*");
  const endpoint = socket.lastEndpoint ?? "";
  serve(socket, type, (token) => heard.add(token));
  const client = await goodClient(type, endpoint, (token) => heard.delete(token));
  try {
    await attack({ socket, endpoint, client });
    await client.served();
    assert.equal(unaccounted(socket.stats()), 0, JSON.stringify(socket.stats()));
  } finally {
    client.close();
    socket.close();
  }
  await socket.ended();
  assert.equal(unaccounted(socket.stats()), 0, "after the end");
}

/** Waits until no peer but the good client is left. */
export function alone(victim: Victim): Promise<void> {
  const there = (): number => victim.socket.peers().filter(({ connected }) => connected).length;
  return until("hostile peers to be gone", () => there() <= 1);
}
