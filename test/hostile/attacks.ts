import { concat, utf8 } from "../../src/base/bytes.ts";
import { encodeMetadata } from "../../src/wire/index.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { octets } from "../wire/recorder.ts";
import { command, ready } from "./hostile-peer.ts";

/** Bytes that a stranger sends, and whether they must cost him the connection at once. */
export interface Attack {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly ends: boolean;
}

const greeting = (mechanism: string): Uint8Array =>
  octets(`ff 0000000000000001 7f 03 01 ${Buffer.from(mechanism).toString("hex").padEnd(40, "0")} ${"00".repeat(32)}`);

const after = (...parts: Uint8Array[]): Uint8Array => concat([GREETING, ...parts]);

/** Lengths that a number does not hold, that overflow an addition, or that nobody has memory for. */
export const LENGTHS: readonly (readonly [name: string, digits: string])[] = [
  ["2^31", "0000000080000000"],
  ["2^32-1", "00000000ffffffff"],
  ["2^53+1", "0020000000000001"],
  ["2^63-1", "7fffffffffffffff"],
  ["2^63", "8000000000000000"],
  ["2^64-1", "ffffffffffffffff"],
  // rzmq #9: with the flags ff, this panicked its allocator.
  ["2^64-104", "ffffffffffffff98"],
];

const SIGNED = "ff 0000000000000001 7f";

const TOO_LONG: readonly Attack[] = LENGTHS.flatMap(([name, digits]) =>
  ["02", "03", "06", "07", "fe", "ff"].map((flags) => ({
    name: `a length of ${name} with flags ${flags} before READY`,
    bytes: after(octets(flags + digits)),
    ends: true,
  })),
);

const WRONG_GREETINGS: readonly Attack[] = [
  { name: "HTTP", bytes: utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), ends: true },
  { name: "a TLS hello", bytes: octets("16 03 01 00 c8 01 00 00 c4 03 03 00"), ends: true },
  { name: "telnet options", bytes: octets("ff fb 01 ff fb 03 ff fd 0f f3 0d 0a"), ends: false },
  { name: "a 1.0 greeting without an end", bytes: octets("fe 00 414243"), ends: false },
  { name: "a 1.0 identity of 256 octets", bytes: octets("ff 0000000000000101 00"), ends: true },
  ...LENGTHS.flatMap(([name, digits]) => [
    { name: `a 1.0 identity of ${name} octets`, bytes: octets(`ff ${digits.slice(0, -2)}02 00`), ends: true },
    { name: `a 2.0 identity of ${name} octets`, bytes: octets(`${SIGNED} 01 05 02 ${digits}`), ends: true },
  ]),
  { name: "a 1.0 identity of no length", bytes: octets("ff 0000000000000000 00"), ends: true },
  { name: "a revision and no more", bytes: octets(`${SIGNED} 01`), ends: false },
  { name: "the mechanism PLAIN", bytes: greeting("PLAIN"), ends: true },
  { name: "the mechanism CURVE", bytes: greeting("CURVE"), ends: true },
  { name: "the mechanism NULLX", bytes: greeting("NULLX"), ends: true },
  { name: "no mechanism", bytes: greeting(""), ends: true },
  { name: "64 KiB of zeros", bytes: new Uint8Array(65_536), ends: true },
  { name: "64 KiB of ones", bytes: new Uint8Array(65_536).fill(0xff), ends: true },
];

const WRONG_COMMANDS: readonly Attack[] = [
  { name: "an empty frame before READY", bytes: after(octets("00 00")), ends: true },
  { name: "an empty frame with MORE before READY", bytes: after(octets("01 00")), ends: true },
  { name: "an empty command before READY", bytes: after(octets("04 00")), ends: true },
  { name: "a command with no name", bytes: after(octets("04 01 00")), ends: true },
  { name: "a command whose name is cut off", bytes: after(octets("04 03 05 5245")), ends: true },
  { name: "a message before READY", bytes: after(octets("00 05 48656c6c6f")), ends: true },
  { name: "SUBSCRIBE before READY", bytes: after(command("SUBSCRIBE")), ends: true },
  { name: "PING before READY", bytes: after(command("PING", octets("0000"))), ends: true },
  { name: "HELLO before READY", bytes: after(command("HELLO", octets("01 61 01 62"))), ends: true },
  { name: "READY in a frame with MORE", bytes: after(octets("05 06 05 5245414459")), ends: true },
  { name: "ERROR", bytes: after(command("ERROR", octets("03 626164"))), ends: true },
  { name: "ERROR without a reason", bytes: after(command("ERROR")), ends: true },
  { name: "ERROR with a reason that is cut off", bytes: after(command("ERROR", octets("ff 61"))), ends: true },
  { name: "ERROR with terminal codes", bytes: after(command("ERROR", octets("05 1b5b324a07"))), ends: true },
];

const property = (digits: string): Uint8Array => after(command("READY", octets(digits)));

const many = (count: number): [string, Uint8Array][] =>
  Array.from({ length: count }, (_, at) => [`X${at.toString(36)}`, octets("")]);

const WRONG_METADATA: readonly Attack[] = [
  { name: "a property without a name", bytes: property("00 00000000"), ends: true },
  { name: "a property name that is cut off", bytes: property("0b 536f"), ends: true },
  { name: "a value that is cut off", bytes: property("01 58 00000004 616263"), ends: true },
  { name: "a value of 2^32-1 bytes", bytes: property("01 58 ffffffff 61"), ends: true },
  { name: "a value's length that is cut off", bytes: property("01 58 0000"), ends: true },
  { name: "a property of 64 KiB", bytes: after(ready("PUSH", ["X-Big", new Uint8Array(65_536)])), ends: true },
  { name: "10,000 properties", bytes: after(ready("PUSH", ...many(10_000))), ends: true },
  { name: "a type that nobody has", bytes: after(ready("FOO")), ends: true },
  { name: "an empty type", bytes: after(ready("")), ends: true },
  { name: "a type of 60,000 bytes", bytes: after(ready("A".repeat(60_000))), ends: true },
  { name: "a type that is a key of every object", bytes: after(ready("__proto__")), ends: true },
];

/** What strangers say before the handshake is done. */
export const BEFORE_READY: readonly Attack[] = [...TOO_LONG, ...WRONG_GREETINGS, ...WRONG_COMMANDS, ...WRONG_METADATA];

/** What peers of the right type say after it. `type` is theirs. */
export function afterReady(type: string): readonly Attack[] {
  const said = (name: string, ends: boolean, ...parts: Uint8Array[]): Attack => ({
    name,
    ends,
    bytes: after(ready(type), ...parts),
  });
  return [
    ...LENGTHS.filter(([name]) => !name.startsWith("2^3")).map(([name, digits]) =>
      said(`a message of ${name} bytes`, true, octets(`02${digits}`)),
    ),
    ...LENGTHS.map(([name, digits]) => said(`a command of ${name} bytes`, true, octets(`06${digits}`))),
    said("a command one byte over the cap", true, octets("06 0000000000100001")),
    said("a command with MORE", true, octets("05 01 00")),
    said("a PING without its TTL", true, command("PING")),
    said("a PING with half a TTL", true, command("PING", octets("00"))),
    said("a PING with a context of 200 bytes", false, command("PING", new Uint8Array(202))),
    said("a PONG that nobody asked for", false, command("PONG", new Uint8Array(100))),
    said("commands without names", false, octets("04 00 04 01 00 04 02 05 41")),
    said("a command that nobody knows", false, command("__proto__"), command("constructor", octets("0000"))),
    said("READY again", false, ready(type), ready("FOO")),
    said("ERROR after the handshake", false, command("ERROR", octets("03 626164"))),
    said("half a message", false, octets("01 01 61 02 0000000000010000 61")),
    said("a header that is cut off", false, octets("02 00000000")),
  ];
}

/** What peers of ZMTP 1.0 and 2.0 say after they greeted. */
export const OLD_PEERS: readonly Attack[] = [
  ...LENGTHS.filter(([name]) => !name.startsWith("2^3")).flatMap(([name, digits]) => [
    { name: `a 1.0 message of ${name} bytes`, bytes: octets(`01 00 ff ${digits} 00`), ends: true },
    { name: `a 2.0 message of ${name} bytes`, bytes: octets(`${SIGNED} 01 00 00 00 02 ${digits}`), ends: true },
    { name: `a 2.0 command of ${name} bytes`, bytes: octets(`${SIGNED} 01 00 00 00 06 ${digits}`), ends: true },
  ]),
  { name: "a 1.0 length of 0", bytes: octets("01 00 00"), ends: true },
  { name: "a long 1.0 length of 0", bytes: octets("01 00 ff 0000000000000000 00"), ends: true },
  { name: "more 1.0 frames than maxFrames", bytes: octets(`01 00 ${"01 01".repeat(70_000)}`), ends: true },
  { name: "half a 1.0 message", bytes: octets("01 00 02 01 61 ff 0000000000010000 00 61"), ends: false },
  { name: "a 1.0 header that is cut off", bytes: octets("01 00 ff 00000000"), ends: false },
  { name: "1.0 flags that mean nothing", bytes: octets("01 00 02 ff 61"), ends: false },
  { name: "2.0 commands", bytes: octets(`${SIGNED} 01 ff 00 00 04 07 04 50494e47 0001 04 00`), ends: false },
  { name: "a 1.0 stranger with a revision", bytes: octets(`${SIGNED} 00 ff 02 ff 41 00`), ends: true },
];

/** Metadata that is odd and allowed. */
export function oddMetadata(type: string): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const value = utf8("polluted");
  const names: [string, Uint8Array][] = ["__proto__", "constructor", "toString", "hasOwnProperty"].map((name) => [
    name,
    value,
  ]);
  return [
    ["names that objects have", after(ready(type, ...names))],
    ["6,000 properties", after(ready(type, ...many(6000)))],
    ["a name of 255 bytes", after(ready(type, ["N".repeat(255), value]))],
    ["a value of 60,000 bytes", after(ready(type, ["X", new Uint8Array(60_000).fill(0x80)]))],
    ["its type twice", after(ready(type, ["SOCKET-TYPE", utf8("FOO")]))],
    ["no properties at all", after(command("READY"))],
    ["no type", after(command("READY", encodeMetadata([["Identity", octets("")]])))],
  ];
}
