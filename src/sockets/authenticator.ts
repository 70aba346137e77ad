import { text, utf8 } from "../base/bytes.ts";
import { encodeZ85 } from "../base/z85.ts";
import type { Applicant } from "../engine/host.ts";
import type { Verdict } from "../wire/connection.ts";

/** A peer that wants to come in, as whoever judges it sees it. */
export interface AuthenticationRequest {
  /** The socket's `zapDomain`; "" is none. */
  readonly domain: string;
  /** Where the peer comes from: an IP address without a port; for ipc, `localhost:uid:gid:pid` where the system tells. */
  readonly address: string;
  readonly mechanism: "NULL" | "PLAIN" | "CURVE";
  /** With PLAIN. */
  readonly username?: string;
  /** With PLAIN. Not enumerable: `console.log(request)` does not show it. */
  readonly password?: string;
  /** With CURVE: the peer's public key in Z85. That the peer has the secret key to it is proven. */
  readonly publicKey?: string;
  /** With CURVE: the same in 32 bytes. */
  readonly publicKeyBytes?: Uint8Array;
  /** The routing id of the socket that asks. */
  readonly routingId: Uint8Array;
}

/** A verdict with something to add. */
export interface AuthenticationAnswer {
  /** 200 lets the peer in (default); 300 not now, 400 no, 500 it could not be found out (RFC 27). */
  readonly status?: Verdict["status"];
  /** Why, for this side's events. The peer gets the status only. */
  readonly text?: string;
  /** Becomes the property `User-Id` of the peer and of each of its messages. */
  readonly userId?: string;
  /** Further properties of the peer and of each of its messages. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Says who may come in: true, false, or an answer that says more; at once or by a promise. The handshake waits for it, as
 * long as `handshakeInterval`. To throw, or to return anything else, is a 500.
 */
export type Authenticator = (
  request: AuthenticationRequest,
) => boolean | AuthenticationAnswer | PromiseLike<boolean | AuthenticationAnswer>;

/** What a user gave as one. */
export function checkedAuthenticator(given: Authenticator | null): Authenticator | null {
  if (given === null || typeof given === "function") return given;
  throw new TypeError("Authenticator must be a function, or null");
}

/** Has a user's function judge a peer. Whatever it does, exactly one verdict comes of it, or none if it never ends. */
export function askAuthenticator(ask: Authenticator, applicant: Applicant, answer: (verdict: Verdict) => void): void {
  const failed = (error: unknown): void => {
    const why = error instanceof Error ? error.message : `it threw ${typeof error === "string" ? error : typeof error}`;
    answer(verdict(500, `the authenticator failed: ${why}`));
  };
  try {
    const given = ask(requestOf(applicant));
    // null is no answer either, but the types can't keep it out.
    if (typeof given !== "object" || (given as unknown) === null || !("then" in given)) answer(verdictOf(given));
    else
      Promise.resolve(given)
        .then((later) => answer(verdictOf(later)))
        .catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** A verdict without properties. */
export function verdict(status: Verdict["status"], why: string, userId = ""): Verdict {
  return { status, text: why, userId, properties: NONE };
}

const NONE: ReadonlyMap<string, string> = new Map();

function requestOf({ domain, address, mechanism, credentials, routingId }: Applicant): AuthenticationRequest {
  const request = { domain, address, mechanism: mechanism as AuthenticationRequest["mechanism"], routingId }; // all we have
  const [first = NO_BYTES, second = NO_BYTES] = credentials;
  if (mechanism === "CURVE") return { ...request, publicKey: encodeZ85(first), publicKeyBytes: first };
  if (mechanism !== "PLAIN") return request;
  return Object.defineProperty({ ...request, username: text(first) }, "password", { value: text(second) });
}

const NO_BYTES = new Uint8Array(0);

const TEXTS = { 200: "", 300: "not now", 400: "the authenticator said no", 500: "the authenticator could not tell" };

const STATUSES: readonly unknown[] = [200, 300, 400, 500];
const ANSWERS = ["status", "text", "userId", "metadata"];

/** Throws at what is no answer: nobody comes in by a mistake (`{ allowed: false }`). */
function verdictOf(given: unknown): Verdict {
  if (given === true) return verdict(200, "");
  if (given === false) return verdict(400, TEXTS[400]);
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`it returned ${String(given)}, and not true, false or an object`);
  }
  const keys = Object.keys(given);
  const strange = keys.find((key) => !ANSWERS.includes(key));
  if (keys.length === 0 || strange !== undefined) {
    throw new TypeError(`it returned an object with ${strange ?? "nothing"} in it, and not ${ANSWERS.join(", ")}`);
  }
  const { status = 200, text: why, userId = "", metadata = {} } = given as AuthenticationAnswer; // checked below
  if (!STATUSES.includes(status)) {
    throw new TypeError(`it returned the status ${String(status)}, not 200, 300, 400 or 500`);
  }
  if (typeof userId !== "string") throw new TypeError("it returned a userId that is no string");
  if (why !== undefined && typeof why !== "string") throw new TypeError("it returned a text that is no string");
  return { status, text: why ?? TEXTS[status], userId, properties: propertiesOf(metadata) };
}

/** Names have 1 to 255 octets, as on the wire (RFC 37 "metadata"). */
function propertiesOf(metadata: object): Map<string, string> {
  const properties = new Map<string, string>();
  for (const [name, value] of Object.entries(metadata)) {
    const size = utf8(name).length;
    if (typeof value !== "string") throw new TypeError(`it returned metadata whose ${name} is no string`);
    if (size < 1 || size > 255) throw new TypeError(`it returned metadata with a name of ${size} bytes`);
    properties.set(name, value);
  }
  return properties;
}
