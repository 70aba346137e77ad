import { Observer, type Event, type EventType, type Socket } from "../index.ts";

/** What zeromq.js 5 calls events; it has no others. */
const NAMES = {
  connect: "connect",
  "connect:delay": "connect_delay",
  "connect:retry": "connect_retry",
  bind: "listen",
  "bind:error": "bind_error",
  accept: "accept",
  "accept:error": "accept_error",
  close: "close",
  "close:error": "close_error",
  disconnect: "disconnect",
} as const satisfies { readonly [Type in EventType]?: string };

/** Called with the old name of an event, its value (ms until the next attempt, or an errno), address and error. */
export type MonitorListener = (name: string, value: number | undefined, address: string, error?: Error) => void;

/** Observes a socket under the old names, from now on, until the returned function is called. */
export function monitor(socket: Socket, listener: MonitorListener): () => void {
  const observer = new Observer(socket);
  for (const type of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    observer.on(type, (event) => tell(NAMES[type], event, listener));
  }
  return () => observer.close();
}

function tell(name: string, event: Event, listener: MonitorListener): void {
  const address = "address" in event ? event.address : "";
  if (event.type === "connect:retry") return listener(name, event.interval, address);
  // Other events may say why they happened too; a program from then takes an error argument for a failure.
  if (event.type.endsWith(":error") && "error" in event && event.error !== undefined) {
    return listener(name, "errno" in event.error ? event.error.errno : 0, address, event.error);
  }
  listener(name, undefined, address);
}
