import { platform } from "#platform";

/** The libzmq whose behaviour this library follows; zeromq.js gives the version that it was built with. */
export const version: string = "4.3.5";

/** What zeromq.js asks libzmq for with zmq_has(): false for what is not here. */
export const capability: {
  readonly ipc: boolean;
  readonly pgm: boolean;
  readonly tipc: boolean;
  readonly norm: boolean;
  readonly curve: boolean;
  readonly gssapi: boolean;
  readonly draft: boolean;
} = { ipc: true, pgm: false, tipc: false, norm: false, curve: true, gssapi: false, draft: true };

/**
 * Whether this library can do something: a name of zmq_has() ("ipc", "curve", "draft" …) or a transport ("tcp", "udp").
 * False for what it does not know.
 */
export function has(name: string): boolean {
  const known = name.toLowerCase();
  return platform.transports.has(known) || (capability as Readonly<Record<string, unknown>>)[known] === true;
}
