import assert from "node:assert/strict";
import { unaccounted } from "../../src/observe/metrics.ts";
import { Dish } from "../../src/draft.ts";
import * as zmq from "../../src/index.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import type { SocketType } from "../../src/sockets/type.ts";
import { CLASSES } from "../conformance/dialog.ts";
import { until } from "../conformance/recorders.ts";
import { secure, type Security } from "../support/securities.ts";
import { goodClient, type GoodClient } from "./good-client.ts";
import { GROUP, serve } from "./service.ts";

/** All socket types that strangers may connect to, and those that speak ZMTP. */
export const TYPES: readonly TypeName[] = SOCKETS.filter(({ datagrams }) => datagrams?.only !== true).map(
  ({ name }) => name,
);
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

/** A socket of that type, which lingers for nobody. */
export function make(type: TypeName, options: object = {}): zmq.Socket {
  const extra = type === "REQ" ? { relaxed: true, correlate: true } : {};
  const { className } = SOCKETS.find(({ name }) => name === type) as SocketType; // all types are there
  const Class = CLASSES.get(className) as new (options: object) => zmq.Socket; // of that name
  return new Class({ linger: 0, ...extra, ...options });
}

/**
 * Runs an attack on a fresh victim; the good client is served before and after, and the books balance. With a `security`,
 * the victim is its server and the good client has its credentials.
 */
export async function withVictim(
  type: TypeName,
  options: object,
  attack: (victim: Victim) => Promise<void>,
  security?: Security,
): Promise<void> {
  const heard = new Set<string>();
  const socket = make(type, options);
  if (security !== undefined) secure(socket, security, "server");
  if (socket instanceof zmq.Subscriber) socket.subscribe();
  if (socket instanceof zmq.XSubscriber) socket.trySend(Buffer.of(1));
  if (socket instanceof Dish) socket.join(GROUP);
  await socket.bind("tcp://127.0.0.1:*");
  const endpoint = socket.lastEndpoint ?? "";
  serve(socket, type, (token) => heard.add(token));
  const client = await goodClient(type, endpoint, (token) => heard.delete(token), security?.client);
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
