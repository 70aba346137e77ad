import { block } from "../background/blocking.ts";
import type { Message, MessageLike } from "../base/message.ts";
import { toMessage } from "./convert.ts";
import type { SocketCore } from "./core.ts";
import { checkWait, timedOut } from "./waiters.ts";

/** How long a blocking call waits. Nothing could abort it: the thread runs nothing else. */
export interface BlockOptions {
  /** ms; 0 tries once, -1 waits for ever. Default: the socket's sendTimeout or receiveTimeout. */
  readonly timeout?: number;
}

/** As `receive`, blocked until a message is there. */
export function receiveSync(core: SocketCore, options: BlockOptions = {}): Message {
  core.context.checkBlocking();
  const { timeout = -1 } = checkWait(options, core.options.receiveTimeout);
  const message = block(core.platform, timeout, () => core.incoming.tryReceive());
  if (message !== undefined) return message;
  throw core.pattern.receiveError?.() ?? timedOut(`nothing to receive for this ${core.type.name}`);
}

/** As `send`, blocked until the socket has the message. */
export function sendSync(
  core: SocketCore,
  given: MessageLike | readonly MessageLike[],
  options: BlockOptions = {},
): void {
  core.context.checkBlocking();
  const { timeout = -1 } = checkWait(options, core.options.sendTimeout);
  const message = toMessage(given);
  const sent = block(core.platform, timeout, () => core.outgoing.trySend(message) || undefined);
  if (sent === undefined) throw timedOut(core.outgoing.mute());
}
