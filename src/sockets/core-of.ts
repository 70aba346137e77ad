import { ZmqError } from "../base/errors.ts";
import type { SocketCore } from "./core.ts";

/** Where a public socket keeps what is behind it; not for users. */
export const CORE: unique symbol = Symbol("core");

/** The socket behind a public object; throws ENOTSOCK for anything else. */
export function coreOf(socket: unknown): SocketCore {
  const core = (socket as { [CORE]?: SocketCore } | null | undefined)?.[CORE];
  if (core === undefined) throw new ZmqError("ENOTSOCK");
  return core;
}

/** The same; throws EBADF when it is closed, and ETERM when its context was shut down. */
export function openCoreOf(socket: unknown): SocketCore {
  const core = coreOf(socket);
  if (core.unusable) throw core.fault();
  return core;
}
