import type { PipeSettings } from "../pipe/settings.ts";
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
