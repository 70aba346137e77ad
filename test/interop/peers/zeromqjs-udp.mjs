/**
 * Sockets on libzmq that speak udp, by zeromq.js. Each line on stdin is `{ id, do, socket, … }`; the answer on stdout is
 * `{ id, result }` or `{ id, error }`. A message is an array of frames in base64; of a RADIO or DISH, the group and the body.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Datagram, Dish, Radio } from "zeromq/draft.js";

const CLASSES = { RADIO: Radio, DISH: Dish, DGRAM: Datagram };
const ZMQ_MULTICAST_LOOP = 96;

const bytes = (text) => Buffer.from(text, "base64");
const sockets = new Map();

const actions = {
  open(_, { socket, type, loop }) {
    const made = new CLASSES[type]({ linger: 0 });
    if (loop !== undefined) made.setBoolOption(ZMQ_MULTICAST_LOOP, loop);
    sockets.set(socket, made);
  },
  bind: (socket, { address }) => socket.bindSync(address),
  connect: (socket, { address }) => socket.connect(address),
  join: (socket, { groups }) => socket.join(...groups),
  send(socket, { message }) {
    const [first, body] = message.map(bytes);
    return socket instanceof Radio ? socket.send(body, { group: first }) : socket.send([first, body]);
  },
  async receive(socket) {
    const message = await socket.receive();
    const frames = socket instanceof Dish ? [message[1].group, message[0]] : message;
    return frames.map((frame) => frame.toString("base64"));
  },
  close(socket) {
    socket.close();
  },
};

async function answer(line) {
  const { id, do: action, ...request } = JSON.parse(line);
  try {
    const result = await actions[action](sockets.get(request.socket), request);
    process.stdout.write(`${JSON.stringify({ id, result: result ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ id, error: `${error.code ?? ""} ${error.message}` })}\n`);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void answer(line));
await once(lines, "close");
process.exit();
