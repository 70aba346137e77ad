import { concat } from "../../../src/base/bytes.ts";
import { wireSuite } from "../../conformance/wire.ts";
import { octets } from "../recorder.ts";
import { GREETING, GREETING_30, READY_DEALER, connection, oldTraffic, traffic } from "./peers.ts";

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

wireSuite({
  name: "ZMTP 2.0",
  make: () => connection(),
  conversation: concat([octets("ff 0000000000000001 7f 01 05 00 03 414243"), traffic()]),
  framed: true,
  refused: {
    "an identity of 256 octets": octets("ff 0000000000000001 7f 01 05 02 0000000000000100"),
    "a frame of 2^63 bytes": octets("ff 0000000000000001 7f 01 05 00 00 02 8000000000000000"),
    "a command with more": octets("ff 0000000000000001 7f 01 05 00 00 05 01 00"),
  },
  oversize: octets("ff 0000000000000001 7f 01 05 00 00 02 ffffffffffffffff 00"),
});

const OLD_REFUSED = {
  "a length of 0": octets("01 00 00"),
  "a long length of 0": octets("01 00 ff 0000000000000000 00"),
  "an identity of 256 octets": octets("ff 0000000000000101 00"),
  "a frame of 2^63 + 1 bytes": octets("01 00 ff 8000000000000002 00"),
  "a text": octets("47 45"),
  "an empty frame": octets("00"),
};

wireSuite({
  name: "ZMTP 1.0",
  make: () => connection(),
  conversation: concat([octets("04 00 414243"), oldTraffic()]),
  framed: true,
  refused: OLD_REFUSED,
  oversize: octets("01 00 ff ffffffffffffffff 00 00"),
});

wireSuite({
  name: "ZMTP 1.0 with a long identity frame",
  make: () => connection(),
  conversation: concat([octets("ff 0000000000000004 00 414243"), oldTraffic()]),
  framed: true,
  refused: {},
});

wireSuite({
  name: "ZMTP 1.0 with a signature and a revision",
  make: () => connection(),
  conversation: concat([octets("ff 0000000000000001 7f 00 05 04 00 414243"), oldTraffic()]),
  framed: true,
  refused: { "a length of 0": octets("ff 0000000000000001 7f 00 05 01 00 00") },
});
