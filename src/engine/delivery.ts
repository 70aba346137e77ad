import { copyOf } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { withoutRequests } from "../wire/upstream.ts";
import type { EngineHost, Settings } from "./host.ts";

/**
 * Puts a message that a peer sent into its pipe, or counts why not; whether it was one for the pipe. Throws a ProtocolError
 * when no peer of this type may send it.
 */
export function deliver(message: Message, pipe: Pipe, { role }: EngineHost): boolean {
  const fit = role.inbound === undefined || role.inbound(message);
  if (fit === false) {
    throw new ProtocolError("ERR_ZMTP_UNSPECIFIED", "the frames of a message are not a request or reply");
  }
  if (fit === "drop") {
    pipe.reject("refused");
    return false;
  }
  if (!pipe.write(message)) pipe.reject(role.publishes && pipe.alive ? "hwm" : "unread");
  return true;
}

/**
 * What is left of a message to a publisher without the subscriptions among its frames, which are told to `pipe`. Each is
 * bounded as one by itself (wire/zmtp/connection.ts).
 */
export function takeRequests(message: Message, pipe: Pipe, host: EngineHost, settings: Settings): Message {
  return withoutRequests(message, host.onlyFirstSubscribe(), (topic, added) => {
    const limit = settings.maxCommandSize;
    if (topic.length >= limit)
      throw new ProtocolError("ERR_ZMTP_TOO_BIG", `a subscription of more than ${limit} bytes`);
    pipe.subscription(copyOf(topic), added);
  });
}
