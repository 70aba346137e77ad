import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "../../src/index.ts";

/** How two sockets may meet. */
export const KINDS = ["tcp", "ipc", "inproc"] as const;

export type Kind = (typeof KINDS)[number];

let directory: string | undefined;
let count = 0;

/** An address to bind that nobody has. */
export function fresh(kind: Kind): string {
  if (kind === "tcp") return "tcp://127.0.0.1:*";
  const name = `n${process.pid}-${count++}`;
  return kind === "inproc" ? `inproc://${name}` : `ipc://${join(folder(), name)}`;
}

/** An address to connect to where nobody listens; port 1 needs rights that nobody has here. */
export function nobody(kind: Kind): string {
  return kind === "tcp" ? "tcp://127.0.0.1:1" : fresh(kind);
}

/** Binds to a fresh address and tells what to connect to. */
export function bound(socket: Socket, kind: Kind): string {
  socket.bindSync(fresh(kind));
  return socket.lastEndpoint ?? "";
}

function folder(): string {
  if (directory !== undefined) return directory;
  const made = (directory = mkdtempSync(join(tmpdir(), "sockets-")));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}
