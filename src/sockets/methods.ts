import type { MessageLike } from "../base/message.ts";
import type { MessageHandler } from "./incoming.ts";
import { defineOptions } from "./properties.ts";
import { coreOf } from "./core-of.ts";
import type { Socket } from "./socket.ts";
import type { SocketType } from "./type.ts";
import type { WaitOptions } from "./waiters.ts";

/** What sockets that send have. */
export interface Sending {
  /**
   * Sends one message, of one frame or of several. Resolves once the socket has it: written, queued, or, where the type
   * drops, dropped and counted. Waits while nobody can take it; any number of calls may wait, and go in order.
   *
   * Frames up to 128 bytes are copied; larger ones must not change until they are sent.
   *
   * @throws ZmqError EBADF, at once, when the socket is closed. Rejects with EAGAIN after `timeout` (default:
   * sendTimeout), with EFSM in the wrong state, with EHOSTUNREACH for an unknown peer, or with the signal's reason.
   */
  send(message: MessageLike | readonly MessageLike[], options?: WaitOptions): Promise<void>;
  /** Sends now, or returns false: nobody can take it, or others wait. Throws as `send` rejects. */
  trySend(message: MessageLike | readonly MessageLike[]): boolean;
}

/** What sockets that receive have. */
export interface Receiving extends AsyncIterable<Buffer[]> {
  /**
   * Receives one message, as an array of its frames. Any number of calls may wait, and are served in order.
   *
   * @throws ZmqError EBADF, at once, when the socket is closed. Rejects with EAGAIN after `timeout` (default:
   * receiveTimeout) or when the socket is closed meanwhile, with EFSM in the wrong state, or with the signal's reason.
   */
  receive(options?: WaitOptions): Promise<Buffer[]>;
  /** As `receive`, with what is known of the sender (`Socket-Type`, `Identity`, `Peer-Address`, `X-…`). */
  receiveWithMetadata(options?: WaitOptions): Promise<ReceivedMessage>;
  /** The next message if one is there. */
  tryReceive(): Buffer[] | undefined;
  /** Messages as they come, as many at a time as are there: the fastest way to receive. Ends when the socket closes. */
  batches(options?: WaitOptions): AsyncIterableIterator<Buffer[][]>;
  /** Messages as they come; as the socket's own iterator, with options. */
  messages(options?: WaitOptions): AsyncIterableIterator<Buffer[]>;
  /** Calls `handler` with each message, until the returned function is called or the socket closes. */
  onMessage(handler: (message: Buffer[]) => void): () => void;
  [Symbol.asyncIterator](): AsyncIterator<Buffer[], undefined>;
}

/** A message and the properties of the peer it came from. */
export interface ReceivedMessage {
  readonly message: Buffer[];
  readonly metadata: ReadonlyMap<string, string>;
}

const sending: Sending & ThisType<Socket> = {
  send(message, options): Promise<void> {
    return coreOf(this).outgoing.send(message, options);
  },
  trySend(message): boolean {
    return coreOf(this).outgoing.trySend(message);
  },
};

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
  batches(options): AsyncIterableIterator<Frames[]> {
    return coreOf(this).incoming.iterate("batches", options) as AsyncIterableIterator<Frames[]>;
  },
  messages(options): AsyncIterableIterator<Frames> {
    return coreOf(this).incoming.iterate("messages", options) as AsyncIterableIterator<Frames>;
  },
  onMessage(handler): () => void {
    if (typeof handler !== "function") throw new TypeError("Handler must be a function");
    const { incoming } = coreOf(this);
    incoming.handle(handler as MessageHandler);
    let on = true;
    return () => {
      if (on && incoming.open) incoming.handle(null);
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
    ...(type.sends ? Object.getOwnPropertyDescriptors(sending) : {}),
    ...(type.receives ? Object.getOwnPropertyDescriptors(receiving) : {}),
  };
  for (const key of Reflect.ownKeys(methods)) {
    const value: unknown = (methods as Record<PropertyKey, PropertyDescriptor>)[key]?.value;
    Object.defineProperty(socket.prototype, key, { value, writable: true, configurable: true });
  }
  defineOptions(socket.prototype, type.name);
}
