/** How the command ends, for scripts. Interrupted is what shells give a program that SIGINT ended. */
export const EXIT = { ok: 0, error: 1, usage: 2, timeout: 3, interrupted: 130 } as const;

/** The command line itself is wrong; nothing was done. */
export class UsageError extends Error {}

/** Something took longer than --timeout allows. */
export class TimeoutError extends Error {}

/** What to do about errors of the library whose own text does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program is bound there; choose another port, or connect to it (--connect)",
  EADDRNOTAVAIL: "bind to an address of this machine: tcp://*:PORT takes all of them",
  EACCES: "choose a port above 1023, or a folder you may write to",
  EPROTONOSUPPORT: "an address begins with tcp://, ipc:// or inproc://",
  ENODEV: "there is no such network interface here; name one, an IP address, or *",
  ENOENT: "the folder of the ipc path must exist",
  ENOTFOUND: "check the name, or use the IP address",
};

/** Codes of arguments that the library refuses: as wrong as an unknown flag. */
const REFUSED: readonly string[] = ["EINVAL", "EPROTONOSUPPORT", "ENAMETOOLONG", "ENOTSUP"];

/** Which exit code an error comes to. */
export function exitCode(error: unknown): number {
  const code = codeOf(error);
  if (error instanceof TimeoutError || code === "EAGAIN") return EXIT.timeout;
  if (error instanceof UsageError || error instanceof TypeError) return EXIT.usage;
  return code !== undefined && REFUSED.includes(code) ? EXIT.usage : EXIT.error;
}

/** An error in one line, which says what to do. `verb` names the help page that fits. */
export function explain(error: unknown, verb: string | undefined): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
  const parts = [`zmq: ${text}`];
  const advice = ADVICE[codeOf(error) ?? ""];
  if (advice !== undefined) parts.push(advice);
  if (exitCode(error) === EXIT.usage) parts.push(`see zmq ${verb === undefined ? "" : `${verb} `}--help`);
  return parts.join("; ");
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined; // the runtime's and ZmqError's
  return typeof code === "string" ? code : undefined;
}
