/**
 * Many peers in one process, without any ZeroMQ: bytes of ZMTP 3.0 over plain sockets. So a ROUTER or a PUB is what is
 * measured, with one descriptor for each peer, and all packages meet the same crowd:
 *
 *     node crowd.mjs ROLE ADDRESS peers=number size=number seconds=number
 *
 * `dealers` keep WINDOW messages each on their way, `subscribers` only hear. It prints "ready" when all are connected, and
 * then how many messages per second came to all of them together.
 */
import net from "node:net";
import { Meter } from "./meter.mjs";
import { report, say } from "./report.mjs";

/** Messages of each DEALER on their way: so that its share of reads and writes is the same however many there are. */
const WINDOW = 50;
/** Connections on their way at once. */
const AT_ONCE = 200;

const GREETING = Buffer.alloc(64);
GREETING.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
GREETING.write("NULL", 12);
/** A command READY with one property. */
const ready = (type) =>
  Buffer.from(`\x04${chr(22 + type.length)}\x05READY\x0bSocket-Type\0\0\0${chr(type.length)}${type}`, "latin1");
/** In ZMTP 3.0 a message: subscribes to everything. */
const SUBSCRIBE = Buffer.from([0, 1, 1]);

const [role, address, ...given] = process.argv.slice(2);
const { peers, size, seconds } = Object.fromEntries(
  given.map((each) => each.split("=")).map(([name, value]) => [name, Number(value)]),
);
const frame = Buffer.concat([Buffer.from([0, size]), Buffer.alloc(size, 1)]);
const burst = Buffer.alloc(frame.length * WINDOW, frame);
const dealing = role === "dealers";
const hello = Buffer.concat([GREETING, ready(dealing ? "DEALER" : "SUB")]);
const meter = new Meter(size, seconds);
const { port } = new URL(address.replace("tcp:", "http:"));
const sockets = [];
let bytes = 0;

process.stdin.on("end", () => process.exit());
process.stdin.resume();
for (let left = peers; left > 0; left -= AT_ONCE) {
  sockets.push(...(await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, shakeHands))));
}
say("ready");
for (const socket of sockets) trade(socket);

/** Resolves when both sides have said all that comes before messages. */
function shakeHands() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), "127.0.0.1");
    let heard = Buffer.alloc(0);
    socket.on("error", reject);
    socket.write(hello);
    socket.on("data", (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      const end = GREETING.length + 2 + (heard[GREETING.length + 1] ?? Infinity); // a short command
      if (heard.length < end) return;
      socket.removeAllListeners("data");
      if (!dealing) socket.write(SUBSCRIBE);
      resolve(socket);
    });
  });
}

function trade(socket) {
  let owed = burst.length;
  socket.on("data", (chunk) => {
    count(chunk.length);
    if (!dealing) return;
    owed -= chunk.length;
    if (owed > 0) return;
    owed += burst.length;
    socket.write(burst);
  });
  if (dealing) socket.write(burst);
}

function count(length) {
  bytes += length;
  const messages = Math.floor(bytes / frame.length);
  bytes -= messages * frame.length;
  if (!meter.took(messages)) return;
  report({ perSecond: meter.perSecond });
  process.exit();
}

function chr(code) {
  return String.fromCharCode(code);
}
