/**
 * Every error this library throws or reports, once. Whose fault it is decides the class: the caller's arguments
 * (`TypeError`, or `ZmqError` EINVAL), the peer's bytes (`ProtocolError`), the world (`ZmqError`).
 *
 * Codes, numbers and texts are libzmq's and zeromq.js' (Linux numbers; libzmq's own start at 156384712).
 */
export const ERRORS = {
  EPERM: { errno: 1, text: "Operation not permitted" },
  ENOENT: { errno: 2, text: "No such endpoint" },
  EINTR: { errno: 4, text: "Interrupted system call" },
  EBADF: { errno: 9, text: "Socket is closed" },
  EAGAIN: { errno: 11, text: "Operation was not possible or timed out" },
  EACCES: { errno: 13, text: "Permission denied" },
  EFAULT: { errno: 14, text: "Context is closed" },
  EBUSY: { errno: 16, text: "Socket is busy" },
  EEXIST: { errno: 17, text: "File exists" },
  ENODEV: { errno: 19, text: "No such device" },
  ENOTDIR: { errno: 20, text: "Not a directory" },
  EINVAL: { errno: 22, text: "Invalid argument" },
  ENFILE: { errno: 23, text: "Too many open files in system" },
  EMFILE: { errno: 24, text: "Too many open file descriptors" },
  EPIPE: { errno: 32, text: "Broken pipe" },
  ENAMETOOLONG: { errno: 36, text: "File name too long" },
  EPROTO: { errno: 71, text: "Protocol error" },
  ENOTSOCK: { errno: 88, text: "Socket operation on non-socket" },
  EMSGSIZE: { errno: 90, text: "Message too long" },
  EPROTONOSUPPORT: { errno: 93, text: "Protocol not supported" },
  ENOTSUP: { errno: 95, text: "Operation not supported" },
  EAFNOSUPPORT: { errno: 97, text: "Address family not supported by protocol" },
  EADDRINUSE: { errno: 98, text: "Address already in use" },
  EADDRNOTAVAIL: { errno: 99, text: "Cannot assign requested address" },
  ENETDOWN: { errno: 100, text: "Network is down" },
  ENETUNREACH: { errno: 101, text: "Network is unreachable" },
  ECONNABORTED: { errno: 103, text: "Software caused connection abort" },
  ECONNRESET: { errno: 104, text: "Connection reset by peer" },
  ENOBUFS: { errno: 105, text: "No buffer space available" },
  ENOTCONN: { errno: 107, text: "Transport endpoint is not connected" },
  ETIMEDOUT: { errno: 110, text: "Connection timed out" },
  ECONNREFUSED: { errno: 111, text: "Connection refused" },
  EHOSTUNREACH: { errno: 113, text: "Host unreachable" },
  ENOTFOUND: { errno: -3008, text: "Host name not found" },
  EFSM: { errno: 156384763, text: "Operation cannot be accomplished in current state" },
  ENOCOMPATPROTO: { errno: 156384764, text: "The protocol is not compatible with the socket type" },
  ETERM: { errno: 156384765, text: "Context was terminated" },
  EMTHREAD: { errno: 156384766, text: "No thread available" },
} as const;

/** The stable codes of `ZmqError`. */
export type ErrorCode = keyof typeof ERRORS;

/** Codes of a peer's faults, as zeromq.js names libzmq's ZMQ_PROTOCOL_ERROR_* values, and ours behind them. */
export const PROTOCOL_ERRORS = {
  ERR_ZMTP_UNSPECIFIED: "the peer broke the protocol",
  ERR_ZMTP_UNEXPECTED_COMMAND: "a command came that has no place here",
  ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED: "a command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_MESSAGE: "a MESSAGE command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_HELLO: "a HELLO command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_INITIATE: "an INITIATE command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_ERROR: "an ERROR command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_READY: "a READY command is malformed",
  ERR_ZMTP_MALFORMED_COMMAND_WELCOME: "a WELCOME command is malformed",
  ERR_ZMTP_INVALID_METADATA: "the metadata is malformed",
  ERR_ZMTP_INVALID_SEQUENCE: "a nonce was not greater than the one before",
  ERR_ZMTP_KEY_EXCHANGE: "the key exchange failed",
  ERR_ZMTP_CRYPTOGRAPHIC: "a box could not be opened",
  ERR_ZMTP_MECHANISM_MISMATCH: "the peer uses another security mechanism",
  ERR_ZMTP_SOCKET_TYPE_MISMATCH: "the peer's socket type can't talk with this one",
  ERR_ZMTP_VERSION: "the peer speaks a version that is not served",
  ERR_ZMTP_TOO_BIG: "a frame, command or message is over a limit",
  ERR_ZMTP_PEER_ERROR: "the peer refused with ERROR",
  ERR_ZMTP_REFUSED: "the socket takes no more peers of this kind",
  ERR_ZAP_UNSPECIFIED: "the authentication handler broke the protocol",
  ERR_ZAP_MALFORMED_REPLY: "a reply of the authentication handler is malformed",
  ERR_ZAP_BAD_REQUEST_ID: "the authentication handler answered another request",
  ERR_ZAP_BAD_VERSION: "the authentication handler answered in another version",
  ERR_ZAP_INVALID_STATUS_CODE: "the authentication handler answered with an unknown status",
  ERR_ZAP_INVALID_METADATA: "the authentication handler answered with malformed metadata",
  ERR_ZAP_TEMPORARY: "Temporary error",
  ERR_ZAP_DENIED: "Authentication failure",
  ERR_ZAP_INTERNAL: "Internal error",
} as const;

/** The stable codes of `ProtocolError`. */
export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS;

/** What an error can say beside its code; all of it is also in the text. */
export interface ErrorDetails {
  /** The endpoint it concerns. */
  readonly address?: string;
  /** What to know or do, appended to the text. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * What users catch. `code` is stable ("EAGAIN"), `errno` is libzmq's number on Linux, `message` begins with zeromq.js'
 * text and goes on with the endpoint and what to do.
 */
export class ZmqError extends Error {
  override readonly name: string = "ZmqError";
  readonly code: ErrorCode;
  readonly errno: number;
  declare readonly address?: string;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const { errno, text } = ERRORS[code];
    const where = details.address === undefined ? "" : ` (${details.address})`;
    const hint = details.hint === undefined ? "" : `: ${details.hint}`;
    super(`${text}${where}${hint}`, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.errno = errno;
    if (details.address !== undefined) this.address = details.address;
  }
}

/** A peer broke the rules; costs only its own connection and is reported as an event, never thrown at a user. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, detail?: string) {
    super(detail === undefined ? PROTOCOL_ERRORS[code] : `${PROTOCOL_ERRORS[code]}: ${detail}`);
    this.code = code;
  }
}

/** What RFC 27 calls the three ways not to let a peer in. */
const REFUSALS = { 300: "ERR_ZAP_TEMPORARY", 400: "ERR_ZAP_DENIED", 500: "ERR_ZAP_INTERNAL" } as const;

/**
 * Whoever authenticates did not let the peer in (RFC 27): thrown on the side that asked, and on the side that was told so
 * by an ERROR. `message` is zeromq.js' text and nothing else, as programs compare it; `reason` says more.
 */
export class AuthenticationError extends ProtocolError {
  override readonly name: string = "AuthenticationError";
  readonly status: keyof typeof REFUSALS;
  /** For people: who refused whom, and why if that was said. */
  readonly reason: string;

  constructor(status: keyof typeof REFUSALS, reason: string) {
    super(REFUSALS[status]);
    this.status = status;
    this.reason = reason;
  }
}

/** The runtime's own error as ours, where its code is one we know; others come through as they are. */
export function fromSystem(error: unknown, address?: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = (error as { code?: unknown }).code;
  if (error instanceof ZmqError || typeof code !== "string" || !(code in ERRORS)) return error;
  return new ZmqError(code as ErrorCode, { cause: error, ...(address === undefined ? {} : { address }) });
}
