import { concat, EMPTY, utf8, view } from "../base/bytes.ts";
import { type ErrorCode, ZmqError } from "../base/errors.ts";

/** RFC 1928, section 3 and 6: the version, methods, and kinds of addresses. */
const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USERNAME_PASSWORD = 2;
const NO_METHOD = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const DOMAIN_NAME = 3;
const IPV6 = 4;
const SUCCEEDED = 0;
/** RFC 1929, section 2. */
const SUBNEGOTIATION = 1;

/** RFC 1928, section 6: what a proxy says when it can't connect. */
const REPLIES: { readonly [reply: number]: { readonly code: ErrorCode; readonly text: string } } = {
  1: { code: "EPROTO", text: "general SOCKS server failure" },
  2: { code: "EACCES", text: "connection not allowed by ruleset" },
  3: { code: "ENETUNREACH", text: "network unreachable" },
  4: { code: "EHOSTUNREACH", text: "host unreachable" },
  5: { code: "ECONNREFUSED", text: "connection refused" },
  6: { code: "ETIMEDOUT", text: "TTL expired" },
  7: { code: "ENOTSUP", text: "command not supported" },
  8: { code: "EAFNOSUPPORT", text: "address type not supported" },
};

/** Where a proxy is to connect, and what to show it. */
export interface SocksTarget {
  /** A name or a numeric address, without brackets. The proxy looks it up. */
  readonly host: string;
  readonly port: number;
  /** Null or "": none is offered. */
  readonly username: string | null;
  readonly password: string | null;
}

/** What the proxy is to say next: how it begins, how long it is as far as that is known, and what follows from it. */
interface Answer {
  readonly version: number;
  readonly length: (held: Uint8Array) => number;
  readonly read: (answer: Uint8Array) => Uint8Array;
}

/**
 * The client's side of a SOCKS5 handshake (RFC 1928, RFC 1929), without I/O: what to send, what the proxy's bytes mean.
 *
 * As libzmq, it offers "no authentication", and "username/password" when there is a user name, and names the target as
 * a domain name whatever it is.
 */
export class SocksHandshake {
  /** Set when the proxy has connected: what follows is the target's. */
  done = false;
  readonly #target: SocksTarget;
  readonly #authenticates: boolean;
  #held: Uint8Array = EMPTY;
  #awaited: Answer = { version: VERSION, length: () => 2, read: (answer) => this.#method(answer) };

  /** Throws EINVAL when the target's name is too long. */
  constructor(target: SocksTarget) {
    this.#target = target;
    this.#authenticates = target.username !== null && target.username !== "";
    if (utf8(target.host).length > 255) throw new ZmqError("EINVAL", { hint: "SOCKS takes names of up to 255 bytes" });
  }

  /** What to send first. */
  start(): Uint8Array {
    return this.#authenticates
      ? Uint8Array.of(VERSION, 2, NO_AUTHENTICATION, USERNAME_PASSWORD)
      : Uint8Array.of(VERSION, 1, NO_AUTHENTICATION);
  }

  /** How many bytes are wanted, at least: who reads no more than these leaves all that follows unread. */
  get wanted(): number {
    return Math.max(1, this.#awaited.length(this.#held) - this.#held.length);
  }

  /** What came after the proxy's last answer. */
  get rest(): Uint8Array {
    return this.done ? this.#held : EMPTY;
  }

  /**
   * Takes what the proxy sent and gives what to send next; empty while its answer is not whole.
   *
   * @throws ZmqError when the proxy refuses (by RFC 1928's reply: ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES …), or
   * EPROTO when it does not speak SOCKS 5
   */
  receive(bytes: Uint8Array): Uint8Array {
    this.#held = concat([this.#held, bytes]);
    const { version, length: lengthOf, read } = this.#awaited;
    const first = this.#held[0];
    if (first !== undefined && first !== version) throw strange(`its answer begins with ${first}, not ${version}`);
    const length = lengthOf(this.#held);
    if (this.#held.length < length) return EMPTY;
    const answer = view(this.#held, 0, length);
    this.#held = view(this.#held, length, this.#held.length - length);
    const next = read(answer);
    if (!this.done && this.#held.length > 0) throw strange("it sent more than it was asked for");
    return next;
  }

  /** The method that the proxy chose (RFC 1928, section 3). */
  #method([, method]: Uint8Array): Uint8Array {
    if (method === NO_AUTHENTICATION) return this.#request();
    if (method === USERNAME_PASSWORD && this.#authenticates) return this.#credentials();
    if (method !== NO_METHOD) throw strange(`it chose authentication method ${method}, which was not offered`);
    const hint = this.#authenticates ? "accepts no user name and password" : "wants authentication (socksUsername)";
    throw new ZmqError("EACCES", { hint: `the SOCKS proxy ${hint}` });
  }

  /** RFC 1929, section 2. */
  #credentials(): Uint8Array {
    const name = utf8(this.#target.username ?? "");
    const password = utf8(this.#target.password ?? "");
    this.#awaited = { version: SUBNEGOTIATION, length: () => 2, read: (answer) => this.#verdict(answer) };
    const head = Uint8Array.of(SUBNEGOTIATION, name.length);
    return concat([head, name, Uint8Array.of(password.length), password]);
  }

  #verdict([, status]: Uint8Array): Uint8Array {
    if (status === 0) return this.#request();
    throw new ZmqError("EACCES", { hint: "the SOCKS proxy does not know this user name and password" });
  }

  /** RFC 1928, section 4. */
  #request(): Uint8Array {
    const { host, port } = this.#target;
    const name = utf8(host);
    this.#awaited = { version: VERSION, length: replyLength, read: (answer) => this.#reply(answer) };
    const head = Uint8Array.of(VERSION, CONNECT, 0, DOMAIN_NAME, name.length);
    return concat([head, name, Uint8Array.of(port >> 8, port & 0xff)]);
  }

  #reply([, reply]: Uint8Array): Uint8Array {
    if (reply !== SUCCEEDED) throw refusal(reply ?? 0);
    this.done = true;
    return EMPTY;
  }
}

/** RFC 1928, section 6. Of a refusal the first two bytes are enough: not all proxies send the rest. */
function replyLength(held: Uint8Array): number {
  const [, reply = SUCCEEDED, , kind, length] = held;
  if (reply !== SUCCEEDED) return 2;
  if (kind === undefined || length === undefined) return 5;
  if (kind === IPV4) return 10;
  if (kind === IPV6) return 22;
  if (kind === DOMAIN_NAME) return 7 + length;
  throw strange(`its reply has an address of kind ${kind}`);
}

function refusal(reply: number): ZmqError {
  const { code, text } = REPLIES[reply] ?? { code: "EPROTO", text: `reply ${reply}, which SOCKS 5 does not have` };
  return new ZmqError(code, { hint: `the SOCKS proxy says: ${text}` });
}

function strange(what: string): ZmqError {
  return new ZmqError("EPROTO", { hint: `the SOCKS proxy does not speak SOCKS 5: ${what}` });
}
