import { EMPTY, concat, utf8 } from "../../../src/base/bytes.ts";
import type { WireLimits } from "../../../src/wire/connection.ts";
import { ZmtpConnection, type ZmtpSettings } from "../../../src/wire/zmtp/connection.ts";
import { nullMechanism } from "../../../src/security/null.ts";
import { Recorder, feed, octets } from "../recorder.ts";

export const LIMITS: WireLimits = {
  maxMessageSize: -1,
  maxHandshakeSize: 8192,
  maxCommandSize: 65536,
  maxFrames: 64,
};

export const GREETING: Uint8Array = octets(
  `ff 0000000000000001 7f 03 01 4e554c4c ${"00".repeat(16)} 00 ${"00".repeat(31)}`,
);
export const GREETING_30: Uint8Array = octets(
  `ff 0000000000000001 7f 03 00 4e554c4c ${"00".repeat(16)} 00 ${"00".repeat(31)}`,
);

/** RFC 37's worked example, and libzmq's form of it. */
export const READY_DEALER: Uint8Array = octets(
  "04 29 05 5245414459 0b 536f636b65742d54797065 00000006 4445414c4552 08 4964656e74697479 00000000",
);
export const READY_ROUTER: Uint8Array = octets("04 1c 05 5245414459 0b 536f636b65742d54797065 00000006 524f55544552");
export const READY_SUB: Uint8Array = octets("04 19 05 5245414459 0b 536f636b65742d54797065 00000003 535542");

const PEERS: Record<string, readonly string[]> = {
  ROUTER: ["REQ", "DEALER", "ROUTER"],
  DEALER: ["REP", "DEALER", "ROUTER"],
  PUB: ["SUB", "XSUB"],
};

/** A connection of that type, over NULL. */
export function connection(socketType = "ROUTER", changes: Partial<ZmtpSettings> = {}): ZmtpConnection {
  return new ZmtpConnection({
    socketType,
    routingId: EMPTY,
    peers: PEERS[socketType] ?? [],
    mechanism: nullMechanism,
    metadata: new Map(),
    limits: LIMITS,
    subscriptions: socketType === "PUB",
    ...changes,
  });
}

/** One with its handshake done, and the events it had. */
export function ready(socketType = "ROUTER", changes: Partial<ZmtpSettings> = {}): [ZmtpConnection, Recorder] {
  const made = connection(socketType, changes);
  const to = new Recorder();
  made.start(to.output);
  feed(made, concat([GREETING, socketType === "PUB" ? READY_SUB : READY_DEALER]), to);
  to.output.take();
  return [made, to];
}

/** Traffic of each kind: short and long frames, empty ones, many parts, commands, bodies around the large size. */
export function traffic(): Uint8Array {
  const sized = (flags: string, length: number): Uint8Array =>
    concat([
      octets(`${flags} ${length.toString(16).padStart(16, "0")}`),
      Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff),
    ]);
  return concat([
    octets("01 00 00 05 48656c6c6f"),
    octets("04 09 04 50494e47 000a 6162"),
    octets("00 00 00 01 61"),
    sized("02", 300),
    octets("01 01 61"),
    sized("02", 256),
    octets("04 06 04 504f4e47 61"),
    octets("06 0000000000000007 04 50494e47 0000"),
    sized("03", 20_000),
    octets("00 02 7979"),
    sized("02", 16 * 1024),
    octets(`00 18 ${"ab".repeat(24)}`),
    sized("02", 16 * 1024 - 1),
    concat([octets("00 05"), utf8("after")]),
  ]);
}

/** The same of a ZMTP 1.0 peer: short and long lengths, also where a short one would do, and flags that mean nothing. */
export function oldTraffic(): Uint8Array {
  const sized = (length: number, flags: string): Uint8Array =>
    concat([
      octets(`ff ${(length + 1).toString(16).padStart(16, "0")} ${flags}`),
      Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff),
    ]);
  return concat([
    octets("01 01 06 00 48656c6c6f"),
    octets("01 00 02 00 61"),
    sized(300, "00"),
    octets("02 fd 61"),
    sized(256, "00"),
    sized(3, "7e"),
    concat([octets("fe 00"), new Uint8Array(253).fill(0x62)]),
    sized(254, "00"),
    sized(20_000, "01"),
    octets("03 00 7979"),
    sized(16 * 1024, "00"),
    sized(16 * 1024 - 1, "00"),
    octets("01 00"),
    concat([octets("06 00"), utf8("after")]),
  ]);
}
