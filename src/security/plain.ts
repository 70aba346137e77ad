import { EMPTY, allocateSmall, copyOf, utf8, view } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { unexpected } from "../wire/zmtp/command.ts";
import type { Command, Mechanism, Step } from "../wire/zmtp/mechanism.ts";

/** What a PLAIN client shows; each at most 255 octets as UTF-8 (RFC 24). */
export interface PlainCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * RFC 24/PLAIN, client: HELLO →, ← WELCOME, INITIATE →, ← READY. The name and password go in clear, and so does all traffic.
 */
export function plainClient(metadata: Uint8Array, credentials: PlainCredentials): Mechanism {
  let handle = welcome;
  const hello = { name: "HELLO", data: helloOf(credentials) };
  return {
    name: "PLAIN",
    chosenBy: "plainUsername",
    begin: () => ({ kind: "continue", send: [hello] }),
    handle: (command) => handle(command),
  };

  function welcome(command: Command): Step {
    if (command.name === "HELLO") throw unexpected(command, "WELCOME: both sides are PLAIN clients (no plainServer)");
    if (command.name !== "WELCOME") throw unexpected(command, "WELCOME");
    if (command.data.length > 0) throw malformed("WELCOME", `with ${command.data.length} octets where none belong`);
    handle = ready;
    return { kind: "continue", send: [{ name: "INITIATE", data: metadata }] };
  }

  function ready(command: Command): Step {
    if (command.name !== "READY") throw unexpected(command, "READY");
    handle = nothing;
    return { kind: "ready", send: [], metadata: command.data };
  }
}

/** RFC 24/PLAIN, server: ← HELLO, which somebody judges, WELCOME →, ← INITIATE, READY →. */
export function plainServer(metadata: Uint8Array): Mechanism {
  let handle = hello;
  return {
    name: "PLAIN",
    chosenBy: "plainServer",
    begin: () => ({ kind: "continue", send: [] }),
    handle: (command) => handle(command),
    authenticated: () => ({ kind: "continue", send: [{ name: "WELCOME", data: EMPTY }] }),
  };

  function hello(command: Command): Step {
    if (command.name !== "HELLO") throw unexpected(command, "HELLO");
    handle = initiate;
    return { kind: "authenticate", credentials: credentialsIn(command.data) };
  }

  function initiate(command: Command): Step {
    if (command.name !== "INITIATE") throw unexpected(command, "INITIATE");
    handle = nothing;
    return { kind: "ready", send: [{ name: "READY", data: metadata }], metadata: command.data };
  }
}

/** After the handshake the connection asks no more. */
function nothing(command: Command): Step {
  throw unexpected(command, "none: the handshake is done");
}

function helloOf({ username, password }: PlainCredentials): Uint8Array {
  const [name, word] = [utf8(username), utf8(password)];
  const data = allocateSmall(2 + name.length + word.length);
  data[0] = name.length;
  data.set(name, 1);
  data[1 + name.length] = word.length;
  data.set(word, 2 + name.length);
  return data;
}

/** Name and password of a HELLO. Its octets are not told in errors: they hold the password. */
function credentialsIn(data: Uint8Array): Uint8Array[] {
  const name = prefixed(data, 0, "user name");
  const word = prefixed(data, 1 + name.length, "password");
  const end = 2 + name.length + word.length;
  if (end !== data.length) throw malformed("HELLO", `with ${data.length - end} octets behind the password`);
  return [copyOf(name), copyOf(word)];
}

function prefixed(data: Uint8Array, at: number, what: string): Uint8Array {
  const length = data[at];
  if (length === undefined) throw malformed("HELLO", `without a ${what}`);
  if (at + 1 + length > data.length) throw malformed("HELLO", `whose ${what} is cut off`);
  return view(data, at + 1, length);
}

function malformed(name: "HELLO" | "WELCOME", detail: string): ProtocolError {
  return new ProtocolError(`ERR_ZMTP_MALFORMED_COMMAND_${name}`, `a ${name} ${detail}`);
}
