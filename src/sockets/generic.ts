import type { MessageLike } from "../base/message.ts";
import type { EventOfType, EventType } from "../observe/events.ts";
import type { OptionsOf } from "../options/table.ts";

/** One frame of a message that was received, under the name that zeromq.js gives it. */
export type Message = Buffer;

/** What any socket that sends can do: for code that takes more than one type. `O` is what goes beside a message. */
export interface Writable<M = MessageLike | MessageLike[], O extends object[] = []> extends Pick<
  OptionsOf<"PUSH">,
  "multicastHops" | "sendBufferSize" | "sendHighWaterMark" | "sendTimeout"
> {
  send(message: M, ...options: O): Promise<void>;
}

/** What any socket that receives can do: for code that takes more than one type. */
export interface Readable<M extends object[] = Message[]> extends Pick<
  OptionsOf<"PULL">,
  "receiveBufferSize" | "receiveHighWaterMark" | "receiveTimeout"
> {
  receive(): Promise<M>;
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>;
}

/** What takes listeners of events: every socket's `events`. */
export interface EventSubscriber {
  on<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): EventSubscriber;
  off<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): EventSubscriber;
}
