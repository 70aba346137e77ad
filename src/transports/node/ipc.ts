import fs from "node:fs";
import net from "node:net";
import { fromSystem, ZmqError } from "../../base/errors.ts";
import type { DialEvents, Dialing, ListenEvents, Transport } from "../transport.ts";
import { bindHandle, native, type ServerHandle, takeHandle } from "./internals.ts";
import { checkPath, checkTakeable, isFile, pathOf, provisional, temporarySocket } from "./ipc-paths.ts";
import { HandleListener, listenPlainly, mustWait, type Place, startListening } from "./listener.ts";
import { Reader } from "./reader.ts";
import { type Ends, NodeStream } from "./stream.ts";

/**
 * `ipc://`: Unix domain sockets; on Windows named pipes, which other ZeroMQ implementations don't reach.
 *
 * As with libzmq, binding takes a name over from whichever socket has it, and only the wildcard's file goes on close.
 */
export const ipc: Transport = {
  scheme: "ipc",

  checkConnect(address) {
    checkPath(address);
    if (address === "*") throw new ZmqError("EINVAL", { address: "ipc://*", hint: "the wildcard is for binding" });
  },

  dial: (address, _options, events) => dial(address, events),

  listen(address, options, events) {
    if (!native) throw mustWait(`ipc://${address}`);
    const { backlog, useFd } = options;
    const place = claim(address, events);
    const open = (): ServerHandle => openAt(place.path, backlog);
    try {
      if (useFd >= 0) return new HandleListener(place, take(useFd, backlog), null);
      return new HandleListener(place, open(), open);
    } catch (error) {
      place.cleanUp();
      throw error;
    }
  },

  async listenLater(address, options, events) {
    if (native) return this.listen(address, options, events);
    const place = claim(address, events);
    const { path } = place;
    const { backlog, useFd } = options;
    try {
      const given = useFd >= 0;
      if (isFile(path) && !given) makeRoom(path);
      const where = given ? { fd: useFd } : { path: pathOf(path) };
      return await listenPlainly({ ...where, backlog }, () => place);
    } catch (error) {
      place.cleanUp();
      throw fromSystem(error, place.endpoint);
    }
  },
};

function dial(address: string, events: DialEvents): Dialing {
  const reader = new Reader();
  const path = pathOf(address);
  const socket = net.connect(reader.onread === undefined ? { path } : { path, onread: reader.onread });
  socket.unref();
  let over = false;
  const failed = (error: Error): void => {
    if (!over) events.failed(fromSystem(error, `ipc://${address}`));
    over = true;
  };
  socket.once("error", failed);
  socket.once("connect", () => {
    socket.off("error", failed);
    if (!over) events.opened(new NodeStream(socket, reader, endsOf(address)));
    over = true;
  });
  return {
    cancel() {
      if (!over) socket.destroy();
      over = true;
    },
  };
}

interface IpcPlace extends Place {
  readonly path: string;
  cleanUp(): Error | undefined;
}

/** What listening at an address means: for the wildcard, a directory made now and removed in the end. */
function claim(address: string, events: ListenEvents): IpcPlace {
  checkPath(address);
  const temporary = address === "*" ? temporarySocket() : undefined;
  const path = temporary?.path ?? address;
  return {
    path,
    endpoint: `ipc://${path}`,
    events,
    admit: (socket, reader) => events.accepted(new NodeStream(socket, reader, endsOf(path))),
    cleanUp() {
      try {
        temporary?.remove();
        return undefined;
      } catch (error) {
        return fromSystem(error, `ipc://${path}`);
      }
    },
  };
}

function openAt(path: string, backlog: number): ServerHandle {
  const address = `ipc://${path}`;
  const first = isFile(path) ? (provisional(path) ?? path) : path;
  if (first !== path) checkTakeable(path);
  else if (isFile(path)) makeRoom(path);
  const handle = startListening(bindHandle(pathOf(first), -1, -1), backlog, address);
  try {
    if (first !== path) fs.renameSync(first, path);
    return handle;
  } catch (error) {
    handle.close();
    throw fromSystem(error, address);
  }
}

/** ZMQ_USE_FD: somebody else bound it; the name is theirs to remove. */
function take(fd: number, backlog: number): ServerHandle {
  const handle = takeHandle(fd);
  if (handle.getsockname === undefined) return startListening(handle, backlog, `descriptor ${fd}`);
  handle.close();
  throw new ZmqError("EINVAL", { hint: `descriptor ${fd} (useFd) is no Unix socket` });
}

/** Removes the socket file that has the name, for want of a way to replace it. */
function makeRoom(path: string): void {
  checkTakeable(path);
  fs.rmSync(path, { force: true });
}

/** Node can't ask a Unix socket who its peer is: uid, gid and pid stay unknown. */
function endsOf(path: string): Ends {
  const endpoint = `ipc://${path}`;
  return { remote: endpoint, peerAddress: "localhost", closeOvertakes: true };
}
