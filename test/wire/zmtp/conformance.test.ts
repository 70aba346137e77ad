import { concat } from "../../../src/base/bytes.ts";
import { wireSuite } from "../../conformance/wire.ts";
import { octets } from "../recorder.ts";
import { GREETING, GREETING_30, READY_DEALER, connection, traffic } from "./peers.ts";

const handshake = concat([GREETING, READY_DEALER]);

wireSuite({
  name: "ZMTP 3.1 over NULL",
  make: () => connection(),
  conversation: concat([handshake, traffic()]),
  framed: true,
  refused: {
    "not a greeting": octets("00"),
    "another mechanism": GREETING.with(12, 0x50),
    "a message before READY": concat([GREETING, octets("00 01 61")]),
    "a frame of 2^63 bytes": concat([handshake, octets("02 8000000000000000")]),
    "a command with more": concat([handshake, octets("05 01 00")]),
    "a short PING": concat([handshake, octets("04 06 04 50494e47 00")]),
    "a fault in the middle of a message": concat([handshake, octets("01 01 61 05 01 00")]),
  },
  oversize: concat([handshake, octets("02 ffffffffffffffff 00")]),
});

wireSuite({
  name: "ZMTP 3.0 over NULL",
  make: () => connection(),
  conversation: concat([GREETING_30, READY_DEALER, traffic()]),
  framed: true,
  refused: {},
});
