import { copyOf, EMPTY, view } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { Options } from "../options/table.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { SocketCore } from "./core.ts";
import { checkWait } from "./waiters.ts";

/** Changes with what a ticket holds: only threads with the same can hand sockets to each other. */
const LAYOUT = 1;

/** How long `transfer` goes on sending. */
export interface TransferOptions {
  /** ms; -1 is for ever. Default: the socket's linger. */
  readonly timeout?: number;
}

/**
 * A socket on its way to another thread: to be posted there as it is, and taken once, by `adopt`. It holds the socket's
 * options, keys and passwords included.
 */
export interface SocketTicket {
  readonly layout: number;
  /** As in READY: "PUSH". */
  readonly type: string;
  readonly options: Readonly<Options>;
  readonly wanted: readonly Uint8Array[];
  readonly endpoints: readonly Place[];
  readonly unread: readonly Unread[];
  /** Whether it was taken, for all copies of it. */
  readonly taken: Int32Array;
}

/** Where the socket was bound or connected, and what waited there: to be sent, and to be received. */
interface Place {
  readonly kind: "bind" | "connect";
  readonly address: string;
  /** What this side called the peer (ZMQ_CONNECT_ROUTING_ID). */
  readonly name: Uint8Array | null;
  readonly out: readonly Message[];
  readonly in: readonly Message[];
}

/** What came from a peer that had connected, and will connect anew. */
interface Unread {
  readonly routingId: Uint8Array;
  readonly socketType: string;
  readonly messages: readonly Message[];
}

/** Takes what can be moved off a socket, closes it, and resolves when the rest is sent or given up. */
export async function transfer(core: SocketCore, options: TransferOptions = {}): Promise<SocketTicket> {
  const { timeout } = checkWait(options, core.linger());
  checkMovable(core);
  const ticket = pack(core);
  core.store.set("linger", Math.min(timeout ?? -1, 0x7fff_ffff));
  core.close();
  await new Promise<void>((resolve) => core.whenEnded(resolve));
  return ticket;
}

/** Makes a new socket what the ticket's was. If an endpoint can't be had, it is closed, and the ticket is as before. */
export function adopt(core: SocketCore, ticket: SocketTicket): void {
  try {
    checkTicket(core, ticket);
  } catch (error) {
    core.close();
    throw error;
  }
  let pipes: (Pipe | undefined)[];
  try {
    core.store.restore(ticket.options);
    for (const topic of ticket.wanted) core.pattern.want?.(copyOf(topic));
    pipes = ticket.endpoints.map((place) => settle(core, place));
  } catch (error) {
    core.store.set("linger", 0);
    core.close();
    Atomics.store(ticket.taken, 0, 0);
    throw error;
  }
  for (const each of ticket.unread) haunt(core, each);
  for (const [index, place] of ticket.endpoints.entries()) refill(core, pipes[index], place);
}

function checkMovable(core: SocketCore): void {
  if (core.unusable) throw core.fault();
  if (core.outgoing.waiting > 0 || core.incoming.waiting > 0) {
    throw new ZmqError("EBUSY", { hint: "calls of send() or receive(), or a message handler, wait at this socket" });
  }
  if (core.pattern.idle === false) {
    throw new ZmqError("EFSM", { hint: `this ${core.type.name} is in the middle of a dialog` });
  }
  if (core.authenticator !== null) {
    throw new ZmqError("EINVAL", { hint: "a function set with authenticate() can't go to another thread" });
  }
}

function checkTicket(core: SocketCore, ticket: SocketTicket): void {
  if (typeof ticket !== "object" || ticket === null || ticket.layout !== LAYOUT) {
    throw new TypeError("Ticket must be one that transfer() made, with this version of the package");
  }
  if (ticket.type !== core.type.name) {
    throw new ZmqError("EINVAL", { hint: `the ticket is for a ${ticket.type}, not for a ${core.type.name}` });
  }
  if (Atomics.exchange(ticket.taken, 0, 1) !== 0) throw new ZmqError("EBUSY", { hint: "the ticket was used already" });
}

function pack(core: SocketCore): SocketTicket {
  const unread: Unread[] = [];
  // One that was taken in to see whether it is wanted.
  if (core.pattern.wanted !== undefined && (core.pattern.held ?? 0) > 0) {
    const message = core.incoming.tryReceive();
    if (message !== undefined) unread.push({ routingId: EMPTY, socketType: "", messages: [own(message)] });
  }
  const left = new Set(core.pipes);
  const endpoints = core.endpoints.list().map(({ kind, address }): Place => {
    const pipe = kind === "connect" ? [...left].find((each) => each.endpoint === address) : undefined;
    if (pipe === undefined) return { kind, address, name: null, out: [], in: [] };
    left.delete(pipe);
    const name = core.pattern.nameOf?.(pipe) ?? null;
    return { kind, address, name: name === null ? null : exact(name), out: unsent(pipe), in: received(core, pipe) };
  });
  for (const pipe of left) {
    const messages = received(core, pipe);
    const { routingId = EMPTY, socketType = "" } = pipe.peer ?? {};
    if (messages.length > 0) unread.push({ routingId: exact(routingId), socketType, messages });
  }
  const wanted = [...(core.pattern.wanted?.() ?? [])].map(exact);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  return { layout: LAYOUT, type: core.type.name, options: core.options, wanted, endpoints, unread, taken };
}

/** What the user has not read is as good as read: he reads it elsewhere. */
function received(core: SocketCore, pipe: Pipe): Message[] {
  const messages: Message[] = [];
  for (let next = pipe.read(); next !== undefined; next = pipe.read()) messages.push(own(next));
  core.incoming.taken += messages.length;
  return messages;
}

/** What waits for a peer to come. With one that is there, it is sent before the ticket is given out. */
function unsent(pipe: Pipe): Message[] {
  const messages: Message[] = [];
  if (pipe.connected) return messages;
  for (let next = pipe.far.read(); next !== undefined; next = pipe.far.read()) messages.push(own(next));
  if (pipe.wire) pipe.traffic.delivered += messages.length;
  return messages;
}

/** Binds or connects again; the pipe that this made, if it did: not for a bind, and not with `immediate`. */
function settle(core: SocketCore, { kind, address, name }: Place): Pipe | undefined {
  const before = new Set(core.pipes);
  if (kind === "bind") core.endpoints.bindSync(address);
  else {
    if (name !== null) core.pattern.nextId = copyOf(name);
    core.endpoints.connect(address);
  }
  return [...core.pipes].find((pipe) => !before.has(pipe));
}

function refill(core: SocketCore, pipe: Pipe | undefined, place: Place): void {
  if (pipe === undefined) {
    if (place.in.length > 0) haunt(core, { routingId: EMPTY, socketType: "", messages: place.in });
    return;
  }
  for (const message of place.in) pipe.far.overfill(framed(message));
  core.generated(place.out.length);
  for (const message of place.out) if (!pipe.overfill(framed(message))) pipe.reject("peer-lost");
}

/** A peer that has left, but for what it had sent. */
function haunt(core: SocketCore, { routingId, socketType, messages }: Unread): void {
  const near = Pipe.pair({ outLimit: 1, inLimit: 0, conflate: false, far: "session" });
  core.attach(near);
  near.far.open({
    id: core.nextPeerId(),
    endpoint: "",
    address: "",
    dialed: false,
    socketType,
    routingId,
    protocol: "",
    mechanism: "",
    properties: new Map(),
  });
  for (const message of messages) near.far.overfill(framed(message));
  near.far.finish("peer-lost");
}

/** Memory of its own for each frame: to post a view of shared memory would post all of that. */
function own(message: Message): Message {
  return message.map(exact);
}

function exact(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

/** Frames as users get them. */
function framed(message: Message): Message {
  return message.map((frame) => view(frame, 0, frame.length));
}
