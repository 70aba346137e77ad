import fs from "node:fs";
import net from "node:net";
import { devNull } from "node:os";
import { fromSystem, ZmqError } from "../../base/errors.ts";
import type { ListenEvents, Listening } from "../transport.ts";
import { adopt, type ServerHandle, systemError } from "./internals.ts";
import { Reader } from "./reader.ts";

/** How long a listener stays shut when the system fails to accept and would only fail again. */
const PAUSE = 100;
/** ms after a newcomer until the look for a spare descriptor: once for a burst, since opening one costs 45 µs. */
const CHECK_AFTER = 20;

/** What tcp and ipc tell of a place to listen at. */
export interface Place {
  readonly endpoint: string;
  readonly events: ListenEvents;
  /** Makes a stream of a connection and reports it, or refuses it. */
  admit(socket: net.Socket, reader: Reader): void;
  /** Frees what binding left behind. */
  cleanUp?(): Error | undefined;
}

/**
 * A bound and listening handle.
 *
 * When the process has no descriptors left, libuv itself accepts and closes who knocks (they try again), so that
 * nothing spins; nobody says so, hence the check for a spare descriptor soon after newcomers came.
 */
export class HandleListener implements Listening {
  readonly endpoint: string;
  readonly #place: Place;
  readonly #reopen: (() => ServerHandle) | null;
  #handle: ServerHandle | undefined;
  #timer: NodeJS.Timeout | undefined;
  #checking = false;
  #closed = false;

  /** `handle` listens already; `reopen` gives another one at the same address, where that is possible. */
  constructor(place: Place, handle: ServerHandle, reopen: (() => ServerHandle) | null) {
    this.endpoint = place.endpoint;
    this.#place = place;
    this.#reopen = reopen;
    this.#serve(handle);
  }

  close(): Error | undefined {
    if (this.#closed) return undefined;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#shut();
    return this.#place.cleanUp?.();
  }

  #serve(handle: ServerHandle): void {
    this.#handle = handle;
    handle.unref();
    handle.onconnection = (status, client) => {
      if (this.#closed) return;
      if (client === undefined) this.#failed(status);
      else this.#accepted(client);
    };
  }

  #shut(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }

  #accepted(client: object): void {
    const reader = new Reader();
    // Node's own reads are only missing where this class is not used: see `native`.
    const socket = adopt(client, reader.onread as net.OnReadOpts);
    this.#place.admit(socket, reader);
    if (this.#checking) return;
    this.#checking = true;
    setTimeout(() => this.#check(), CHECK_AFTER).unref();
  }

  #check(): void {
    this.#checking = false;
    const error = this.#closed ? undefined : exhausted();
    if (error !== undefined) this.#place.events.acceptFailed(fromSystem(error, this.endpoint));
  }

  /** Rare, as when libuv lost its own spare descriptor: old ones then call again and again, until the handle is closed. */
  #failed(status: number): void {
    this.#shut();
    this.#place.events.acceptFailed(systemError(status, this.endpoint));
    this.#retryLater();
  }

  #retryLater(): void {
    const reopen = this.#reopen;
    if (this.#closed || reopen === null) return;
    this.#timer = setTimeout(() => {
      try {
        this.#serve(reopen());
      } catch (error) {
        this.#place.events.acceptFailed(fromSystem(error, this.endpoint));
        this.#retryLater();
      }
    }, PAUSE).unref();
  }
}

/** The error of opening one more descriptor, if there is none. */
function exhausted(): unknown {
  try {
    fs.closeSync(fs.openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    const code = (error as { code?: unknown }).code; // any thrown value may be asked for a code
    return code === "EMFILE" || code === "ENFILE" ? error : undefined;
  }
}

/** The documented way, for runtimes without handles: the address is only known to be free some time later. */
export function listenPlainly(options: net.ListenOptions, place: (server: net.Server) => Place): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ pauseOnConnect: true });
    server.once("error", (error) => reject(fromSystem(error)));
    server.listen({ ...options, exclusive: true }, () => {
      const where = place(server);
      server.unref().removeAllListeners("error");
      server.on("error", (error) => where.events.acceptFailed(fromSystem(error, where.endpoint)));
      server.on("connection", (socket) => where.admit(socket, new Reader()));
      resolve({
        endpoint: where.endpoint,
        close: () => {
          if (!server.listening) return undefined;
          server
            .removeAllListeners("connection")
            .on("connection", (socket) => socket.destroy())
            .close();
          return where.cleanUp?.();
        },
      });
    });
  });
}

/** Listens with an exact error, at once. Closes the handle when that fails. */
export function startListening(handle: ServerHandle, backlog: number, address: string): ServerHandle {
  const status = handle.listen(backlog);
  if (status === 0) return handle;
  handle.close();
  throw systemError(status, address);
}

/** What a runtime must be asked later for. */
export function mustWait(address: string): ZmqError {
  return new ZmqError("ENOTSUP", { address, hint: "this runtime can't bind synchronously; use bind()" });
}
