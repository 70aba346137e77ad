import type { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { DropReason } from "../observe/drops.ts";
import type { Options } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";

/**
 * What makes a socket type what it is: which peers get a message, whose is read next, and which states it has.
 *
 * A pattern sees pipes and messages only. Waiting, time limits, endpoints and counters of the socket are not its job.
 */
export interface Pattern {
  /** A pipe came: on connect() before anybody answers, on a bound side with each peer. */
  attach(pipe: Pipe): void;
  /** Nothing can be written to it any more; what is queued inbound may still be read. */
  detach(pipe: Pipe): void;
  /** A peer finished its handshake behind an attached pipe; again after each reconnect. */
  opened(pipe: Pipe): void;
  /** The peer vanished; the pipe stays and waits for it. */
  lost?(pipe: Pipe): void;
  readable(pipe: Pipe): void;
  writable(pipe: Pipe): void;
  subscription?(pipe: Pipe, topic: Uint8Array, added: boolean): void;
  /**
   * Takes the message: delivered, queued, or dropped and counted. False: nobody can take it now, wait for `writable`.
   * Throws a ZmqError when it can never be sent (EFSM, EHOSTUNREACH).
   */
  send(message: Message): boolean;
  /** The next message, or undefined when there is none (also when the state does not allow one yet). */
  receive(): Message | undefined;
  /** As libzmq's POLLOUT and POLLIN. */
  readonly canSend: boolean;
  readonly canReceive: boolean;
  /** Why waiting for a message makes no sense in this state (EFSM); undefined when it does. */
  receiveError?(): ZmqError | undefined;
  /** Messages taken off the pipes, or made here, that the user has not received yet. */
  readonly held?: number;
  /** Distinct topics subscribed to (ZMQ_TOPICS_COUNT). */
  readonly topicsCount?: number;
  /** ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE, of types that subscribe or let their user subscribe a peer. */
  subscribe?(topic: Uint8Array): void;
  unsubscribe?(topic: Uint8Array): void;
  /** Of types whose user may name a peer: throws EINVAL when it can't have this routing id. */
  checkId?(id: Uint8Array): void;
  /** Whether no dialog is under way that only this socket can end (REQ, REP); undefined: there is none ever. */
  readonly idle?: boolean;
  /** What it asked its peers for, as often as it did, and how to ask for it anew (SUB, XSUB, DISH). */
  wanted?(): Iterable<Uint8Array>;
  want?(topic: Uint8Array): void;
  /** What this side's user called the peer behind a pipe. */
  nameOf?(pipe: Pipe): Uint8Array | undefined;
  /** The name of the peer that the next pipe is for. */
  nextId?: Uint8Array | null;
  /** How many peers want a message that begins with `topic`. */
  subscribers?(topic: Uint8Array): number;
  /** The pipe that the last received message came through; its peer's properties go with the message. */
  readonly source?: Pipe | null;
}

/** What a pattern may ask of its socket. */
export interface PatternHost {
  /** Options as they are now. */
  readonly options: Readonly<Options>;
  /** A random unsigned 32-bit number. */
  random32(): number;
  /** Counts a message that no pipe can count: no route, no subscriber. */
  drop(reason: DropReason, count?: number): void;
  /**
   * The message just sent became this many copies: 0 for one that was no message but a request to the socket. `together`: they
   * are one piece of memory, and cost next to nothing each.
   */
  copies(count: number, together?: boolean): void;
  /** The socket wrote messages of its own (welcome message). */
  generated(count: number): void;
  /** The socket made messages for its own user (subscriptions received). */
  noticed(count: number): void;
  /** Turns a peer away, with the reason in its event. */
  refuse(pipe: Pipe, reason: string): void;
  /** The pipe can't be read any more either: everything of it is over. */
  drained(pipe: Pipe): void;
  /** Something can be received that no pipe signalled. */
  wake(): void;
  /** Runs when the current run of code is over. */
  atEndOfTurn(run: () => void): void;
  /** Runs after pending I/O and timers had their chance. */
  afterIo(run: () => void): void;
  /** Whether the user has just yielded to the event loop in the middle of a run of sends or receives, and will go on. */
  readonly busy: boolean;
  /** A call of the user changed what can be sent: for those who look at the socket from beside (pollers). */
  moved(): void;
}
