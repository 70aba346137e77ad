/** The codec by itself, for those who read or write ZMTP without a socket. It does no I/O. */
export { Batch, type Output } from "../base/batch.ts";
export { ProtocolError, type ProtocolErrorCode } from "../base/errors.ts";
export type { Message } from "../base/message.ts";
export type {
  AuthenticationRequest,
  Connection,
  ConnectionEvents,
  PeerFacts,
  RefusalStatus,
  Verdict,
  WireLimits,
} from "./connection.ts";
export { RawConnection } from "./raw.ts";
export { encodeCommand, encodePing, parseCommand, parsePing, type Ping } from "./zmtp/command.ts";
export { ZmtpConnection, type ZmtpSettings } from "./zmtp/connection.ts";
export { Decoder, type FrameSink } from "./zmtp/decoder.ts";
export { COMMAND, LONG, MORE, encodeFrame, readHeader, type FrameHeader } from "./zmtp/frame.ts";
export { detectVersion, encodeGreeting, type ZmtpVersion } from "./zmtp/greeting.ts";
export type { Command, Mechanism, MechanismFactory, OpenedFrame, Step } from "./zmtp/mechanism.ts";
export { Metadata, decodeMetadata, encodeMetadata } from "./zmtp/metadata.ts";
