import net from "node:net";
import { getSystemErrorName } from "node:util";
import { type ErrorCode, ERRORS, ZmqError } from "../../base/errors.ts";

/**
 * The only place that knows Node's undocumented parts, behind types and guards; nothing else may name them.
 *
 * What they give (measured on Node 20, 22, 24 and 26): binding and listening at once, with the system's own error; reads
 * of accepted connections into memory of our choice; the exact number of unsent bytes when the process exits. Where
 * they are missing (`native` is false: Bun, Deno) the documented API does the same, later or less exactly.
 */
export const native: boolean = usable();

/** A listening TCP or pipe handle of libuv, as `net.Server` holds it. */
export interface ServerHandle {
  onconnection: ((status: number, client: object | undefined) => void) | null;
  listen(backlog: number): number;
  getsockname?(out: SocketName): number;
  unref(): void;
  close(): void;
}

export interface SocketName {
  address?: string;
  family?: string;
  port?: number;
}

/** A connected handle: its reading switch, and what may be asked of it at process exit. */
interface StreamHandle {
  reading?: boolean;
  readStart?(): number;
  readStop?(): number;
  readonly fd?: number;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

type CreateServerHandle = (
  address: string,
  port: number,
  family: 4 | 6 | -1,
  ...more: [fd: number | undefined, flags: number]
) => ServerHandle | number;

const { _createServerHandle: createServerHandle } = net as unknown as { _createServerHandle?: CreateServerHandle };

function usable(): boolean {
  if ("Bun" in globalThis || "Deno" in globalThis) return false;
  return typeof (net as unknown as { _createServerHandle?: unknown })._createServerHandle === "function";
}

/** Binds to an address (family 4 or 6) or a path (-1) without listening. Throws a ZmqError. */
export function bindHandle(address: string, port: number, family: 4 | 6 | -1): ServerHandle {
  if (createServerHandle === undefined) throw new ZmqError("ENOTSUP", { hint: "this runtime can only bind later" });
  const handle = createServerHandle(address, port, family, undefined, 0);
  if (typeof handle === "number") throw systemError(handle);
  return handle;
}

/** A descriptor that somebody else bound, as a handle; it belongs to the handle from now on. Throws a ZmqError. */
export function takeHandle(fd: number): ServerHandle {
  if (createServerHandle === undefined) throw new ZmqError("ENOTSUP", { hint: "this runtime can only bind later" });
  const handle = createServerHandle("", 0, -1, fd, 0);
  if (typeof handle === "number") throw systemError(handle, `descriptor ${fd}`);
  return handle;
}

/** A handle that a listener accepted, as a socket that reads where `onread` says and has not begun to. */
export function adopt(handle: object, onread: net.OnReadOpts): net.Socket {
  const options = { handle, onread, pauseOnCreate: true, allowHalfOpen: false };
  return new net.Socket(options);
}

/** libuv's negative error number as an error. */
export function systemError(errno: number, address?: string): Error {
  const code = getSystemErrorName(errno);
  if (code in ERRORS) return new ZmqError(code as ErrorCode, address === undefined ? {} : { address }); // just looked up
  return Object.assign(new Error(`${code}${address === undefined ? "" : ` (${address})`}`), { code });
}

/**
 * Starts or stops reading at once. `socket.resume()` followed by `pause()` in the same turn reads on: the stream
 * machinery has a call of read underway that pause does not take back.
 */
export function setReading(socket: net.Socket, on: boolean): void {
  const handle = handleOf(socket);
  if (!native || handle?.readStart === undefined || handle.readStop === undefined) {
    if (on) socket.resume();
    else socket.pause();
    return;
  }
  if (handle.reading === on) return;
  handle.reading = on;
  const status = on ? handle.readStart() : handle.readStop();
  if (status < 0) socket.destroy(systemError(status));
}

/** The descriptor, and how many of the `given` bytes it has not taken; undefined where that can't be known. */
export function unsent(socket: net.Socket, given: number): { fd: number; bytes: number } | undefined {
  const { fd, bytesWritten, writeQueueSize } = handleOf(socket) ?? {};
  if (!native || fd === undefined || fd < 0 || bytesWritten === undefined || writeQueueSize === undefined)
    return undefined;
  // bytesWritten counts what went from Node's queue to libuv, writeQueueSize what of that has not left libuv.
  return { fd, bytes: given - bytesWritten + writeQueueSize };
}

function handleOf(socket: net.Socket): StreamHandle | null | undefined {
  return (socket as unknown as { _handle?: StreamHandle | null })._handle;
}
