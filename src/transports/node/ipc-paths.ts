import fs from "node:fs";
import { ZmqError } from "../../base/errors.ts";

/** Bytes that a Unix socket's name can have (sockaddr_un.sun_path without its end). */
const LONGEST = 107;

const windows = process.platform === "win32";

/** Throws EINVAL or ENAMETOOLONG for what can never be a path. */
export function checkPath(address: string): void {
  const fault = (code: "EINVAL" | "ENAMETOOLONG", hint: string): ZmqError =>
    new ZmqError(code, { address: `ipc://${address}`, hint });
  if (address === "" || address === "@") throw fault("EINVAL", "expected a path, @name or *");
  if (address.includes("\0")) throw fault("EINVAL", "a path has no NUL in it");
  if (Buffer.byteLength(address) > LONGEST) throw fault("ENAMETOOLONG", `a path has at most ${LONGEST} bytes`);
}

/** What Node takes for the address: an abstract name has a NUL for its @, a pipe on Windows its own name space. */
export function pathOf(address: string): string {
  if (windows) return `\\\\.\\pipe\\${address.replaceAll("/", "\\")}`;
  return address.startsWith("@") ? `\0${address.slice(1)}` : address;
}

/** Whether the address is a name in the file system. */
export function isFile(address: string): boolean {
  return !windows && !address.startsWith("@");
}

/**
 * Where to bind before the name is taken over, in the same directory. libuv removes the file that it bound when it
 * closes, whoever has that name by then: moved away from it, ours and our successor's stay. Undefined where no such
 * name is short enough.
 */
export function provisional(path: string): string | undefined {
  const suffix = `.${process.pid.toString(36)}${(provisionals++).toString(36)}`;
  const name = path + suffix;
  return Buffer.byteLength(name) > LONGEST ? undefined : name;
}
let provisionals = 0;

/** Makes sure that a path is free or a socket's, which binding may take over; EADDRINUSE if it is anything else. */
export function checkTakeable(path: string): void {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isSocket()) return;
  throw new ZmqError("EADDRINUSE", { address: `ipc://${path}`, hint: "there is a file of that name, not a socket" });
}

/** A new directory with room for a socket (`ipc://*`), where libzmq makes it; and how to remove both. */
export function temporarySocket(): { path: string; remove(): void } {
  const parents = [process.env["TMPDIR"], process.env["TEMPDIR"], process.env["TMP"]];
  const parent = parents.find((each) => each !== undefined && isDirectory(each));
  const prefix = parent === undefined ? "tmp" : `${parent.replace(/\/+$/, "")}/tmp`;
  const directory = fs.mkdtempSync(prefix);
  return { path: `${directory}/socket`, remove: () => fs.rmSync(directory, { recursive: true }) };
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
