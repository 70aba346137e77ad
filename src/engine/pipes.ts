import type { Pipe, PipeSettings } from "../pipe/pipe.ts";
import type { Settings } from "./host.ts";

/** How a pipe between a socket with these options and a session is made. */
export function pipeSettings(settings: Settings): PipeSettings {
  return {
    outLimit: settings.sendHighWaterMark,
    inLimit: settings.receiveHighWaterMark,
    conflate: settings.conflate,
    far: "session",
  };
}

/** Delivers to the socket what no peer sent (ZMQ_DISCONNECT_MSG and its like); counted when there is no room. */
export function notice(pipe: Pipe, frame: Uint8Array): void {
  if (pipe.alive && !pipe.write([frame])) pipe.reject("hwm");
}
