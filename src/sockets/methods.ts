/// <reference types="node" preserve="true" />
import type { MessageLike } from "../base/message.ts";
import type { MessageHandler } from "./incoming.ts";
import type { SendOptions } from "./outgoing.ts";
import { defineOptions } from "./properties.ts";
import { withBeside, type Beside } from "./beside.ts";
import { receiveSync, sendSync, type BlockOptions } from "./blocking.ts";
import { coreOf, openCoreOf } from "./core-of.ts";
import type { Socket } from "./socket.ts";
import type { SocketType } from "./type.ts";
import type { WaitOptions } from "./waiters.ts";

/** What sockets that send have; `M` is what a message may be. */
export interface Sending<M = MessageLike | readonly MessageLike[]> {
  /**
   * Sends one message, of one frame or of several. Resolves once the socket has it: written, queued, or, where the type
   * drops, dropped and counted. Waits while nobody can take it; any number of calls may wait, and go in order.
   *
   * Frames up to 128 bytes are copied; larger ones must not change until they are sent: `released` says when.
   *
   * @throws ZmqError EBADF, at once, when the socket is closed; ETERM when its context was shut down, or rejects with it
   * when that comes while it waits. Rejects with EAGAIN after `timeout` (default: sendTimeout), with EFSM in the wrong state, with EHOSTUNREACH for an unknown peer, or with the signal's reason.
   */
  send(message: M, options?: SendOptions): Promise<void>;
  /** Sends now, or returns false: nobody can take it, or others wait. Throws as `send` rejects. */
  trySend(message: M): boolean;
  /**
   * As `send`, but blocks the thread until the socket has the message: for scripts, and programs that come from C. The
   * socket's context must have I/O threads (`new Context({ background: true })`).
   *
   * @throws ZmqError as `send` rejects; ENOTSUP without I/O threads; EINTR when the process is interrupted (SIGINT)
   */
  sendSync(message: M, options?: BlockOptions): void;
}

/** What sockets have that say with each message whom it is for: `To` is that, and goes among the options. */
export interface SendingTo<M, To extends object> {
  /** As {@link Sending.send}. @throws TypeError, or ZmqError EINVAL, at once, when the options don't say it */
  send(message: M, options: To & SendOptions): Promise<void>;
  /** Sends now, or returns false: nobody can take it, or others wait. Throws as `send` rejects. */
  trySend(message: M, options: To): boolean;
  /** As {@link Sending.sendSync}. */
  sendSync(message: M, options: To & BlockOptions): void;
}

/** What sockets that receive have; `M` is what a message is: its frames, or its one frame and what goes beside it. */
export interface Receiving<M = Buffer[]> extends AsyncIterable<M> {
  /**
   * Receives one message, as an array of its frames. Any number of calls may wait, and are served in order.
   *
   * @throws ZmqError EBADF, at once, when the socket is closed; ETERM when its context was shut down, or rejects with it
   * when that comes while it waits. Rejects with EAGAIN after `timeout` (default: receiveTimeout) or when the socket is closed meanwhile, with EFSM in the wrong state, or with the signal's reason.
   */
  receive(options?: WaitOptions): Promise<M>;
  /** As `receive`, with what is known of the sender (`Socket-Type`, `Identity`, `Peer-Address`, `X-…`). */
  receiveWithMetadata(options?: WaitOptions): Promise<ReceivedMessage<M>>;
  /** The next message if one is there. */
  tryReceive(): M | undefined;
  /**
   * As `receive`, but blocks the thread until a message is there: see {@link Sending.sendSync}. Timers and promises wait
   * meanwhile; I/O threads go on.
   *
   * @throws ZmqError as `receive` rejects; ENOTSUP without I/O threads; EINTR when the process is interrupted (SIGINT)
   */
  receiveSync(options?: BlockOptions): M;
  /** Messages as they come, as many at a time as are there: the fastest way to receive. Ends when the socket closes. */
  batches(options?: WaitOptions): AsyncIterableIterator<M[]>;
  /** Messages as they come; as the socket's own iterator, with options. */
  messages(options?: WaitOptions): AsyncIterableIterator<M>;
  /** Calls `handler` with each message, until the returned function is called or the socket closes. */
  onMessage(handler: (message: M) => void): () => void;
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>;
}

/** A message and the properties of the peer it came from. */
export interface ReceivedMessage<M = Buffer[]> {
  readonly message: M;
  readonly metadata: ReadonlyMap<string, string>;
}

const sending: Sending & ThisType<Socket> = {
  send(message, options): Promise<void> {
    return coreOf(this).outgoing.send(message, options);
  },
  trySend(message): boolean {
    return coreOf(this).outgoing.trySend(message);
  },
  sendSync(message, options): void {
    sendSync(openCoreOf(this), message, options);
  },
};

function sendingTo(beside: Beside): SendingTo<MessageLike, object> & ThisType<Socket> {
  return {
    send(message, options): Promise<void> {
      const { outgoing } = openCoreOf(this);
      const { timeout, signal, released }: SendOptions = options ?? {};
      const asks = timeout !== undefined || signal !== undefined || released !== undefined;
      return outgoing.send(withBeside(beside, message, options), asks ? options : undefined);
    },
    trySend(message, options): boolean {
      return openCoreOf(this).outgoing.trySend(withBeside(beside, message, options));
    },
    sendSync(message, options): void {
      const { timeout } = options;
      sendSync(openCoreOf(this), withBeside(beside, message, options), timeout === undefined ? {} : { timeout });
    },
  };
}

/** Frames are Buffers wherever the runtime has them (base/bytes.ts). */
type Frames = Buffer[];

const receiving: Receiving & ThisType<Socket> = {
  receive(options): Promise<Frames> {
    return coreOf(this).incoming.receive(options) as Promise<Frames>;
  },
  receiveWithMetadata(options): Promise<ReceivedMessage> {
    return coreOf(this).incoming.receiveWithMetadata(options) as Promise<ReceivedMessage>;
  },
  tryReceive(): Frames | undefined {
    return coreOf(this).incoming.tryReceive() as Frames | undefined;
  },
  receiveSync(options): Frames {
    return receiveSync(openCoreOf(this), options) as Frames;
  },
  batches(options): AsyncIterableIterator<Frames[]> {
    return coreOf(this).incoming.iterate("batches", options) as AsyncIterableIterator<Frames[]>;
  },
  messages(options): AsyncIterableIterator<Frames> {
    return coreOf(this).incoming.iterate("messages", options) as AsyncIterableIterator<Frames>;
  },
  onMessage(handler): () => void {
    if (typeof handler !== "function") throw new TypeError("Handler must be a function");
    const core = coreOf(this);
    const { incoming } = core;
    incoming.handle(handler as MessageHandler);
    let on = true;
    return () => {
      if (on && !core.unusable) incoming.handle(null);
      on = false; // by now the handler may be another one
    };
  },
  [Symbol.asyncIterator](): AsyncIterator<Frames, undefined> {
    return coreOf(this).incoming.iterate("messages") as AsyncIterator<Frames, undefined>;
  },
};

type SocketClass = { readonly prototype: Socket };

/** Gives a public class what its type has: send, receive, and a property for each option. */
export function equip(socket: SocketClass, type: SocketType): void {
  const methods = {
    ...(type.sends
      ? Object.getOwnPropertyDescriptors(type.beside === undefined ? sending : sendingTo(type.beside))
      : {}),
    ...(type.receives ? Object.getOwnPropertyDescriptors(receiving) : {}),
  };
  for (const key of Reflect.ownKeys(methods)) {
    const value: unknown = (methods as Record<PropertyKey, PropertyDescriptor>)[key]?.value;
    Object.defineProperty(socket.prototype, key, { value, writable: true, configurable: true });
  }
  defineOptions(socket.prototype, type.name);
}
