/**
 * A ZeroMQ peer on libzmq, by zeromq.js, with any number of sockets. It does what each line on stdin asks for,
 * `{ id, do, socket, … }`, and answers on stdout with `{ id, result }` or `{ id, error }`. Frames travel as base64.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as zmq from "zeromq";
import * as draft from "zeromq/draft.js";

const CLASSES = {
  PAIR: zmq.Pair,
  PUB: zmq.Publisher,
  SUB: zmq.Subscriber,
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PULL: zmq.Pull,
  PUSH: zmq.Push,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
  STREAM: zmq.Stream,
  SERVER: draft.Server,
  CLIENT: draft.Client,
  RADIO: draft.Radio,
  DISH: draft.Dish,
  GATHER: draft.Gather,
  SCATTER: draft.Scatter,
  PEER: numbered(19),
  CHANNEL: numbered(20),
};

/** Types that libzmq has and zeromq.js does not know: of a PEER it receives bodies only, and can't say to whom to send. */
function numbered(type) {
  return class extends zmq.Socket {
    constructor(options) {
      super(type, options);
    }
  };
}

/** Types whose first frame here, a group or a number in decimal digits, is no frame there. */
const BESIDE = {
  SERVER: "routingId",
  RADIO: "group",
  DISH: "group",
};

const PATIENCE = 10_000;
const ZMQ_SUBSCRIBE = 6;
const ZMQ_UNSUBSCRIBE = 7;

const bytes = (text) => Buffer.from(text, "base64");
const setters = {
  boolean: (socket, number, value) => socket.setBoolOption(number, value),
  int32: (socket, number, value) => socket.setInt32Option(number, value),
  int64: (socket, number, value) => socket.setInt64Option(number, value),
  uint64: (socket, number, value) => socket.setUint64Option(number, value),
  bytes: (socket, number, value) => socket.setStringOption(number, bytes(value)),
};

const sockets = new Map();
/** What goes beside the messages of each socket. */
const beside = new Map();
/** Types of events that each socket had. */
const events = new Map();

async function watch(name, socket) {
  const heard = [];
  events.set(name, heard);
  for await (const event of socket.events) heard.push(event.type);
}

const nap = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers ZAP requests of this process (RFC 27): PLAIN by `users`, CURVE by the hexadecimal `keys`. */
async function authenticate({ users, keys }) {
  const handler = new zmq.Router();
  await handler.bind("inproc://zeromq.zap.01");
  for await (const [path, delimiter, version, id, domain, , , mechanism, ...credentials] of handler) {
    const [first = Buffer.alloc(0), second] = credentials;
    const known = {
      NULL: () => true,
      PLAIN: () => users[first] === String(second),
      CURVE: () => keys.includes(first.toString("hex")),
    };
    const passed = String(domain) === "test" && known[mechanism]();
    const verdict = passed ? ["200", "OK", first, ""] : ["400", "no", "", ""];
    await handler.send([path, delimiter, version, id, ...verdict]);
  }
}

const actions = {
  authenticate: (_, request) => void authenticate(request),
  open(_, { socket, type, options }) {
    const made = new CLASSES[type]({ linger: 0 });
    for (const [kind, number, value] of options) setters[kind](made, number, value);
    if ("receiveTimeout" in made) made.receiveTimeout = PATIENCE;
    if ("sendTimeout" in made) made.sendTimeout = PATIENCE;
    sockets.set(socket, made);
    if (type in BESIDE) beside.set(made, BESIDE[type]);
    void watch(socket, made);
  },
  async bind(socket, { address }) {
    await socket.bind(address);
    return socket.lastEndpoint;
  },
  unbind: (socket, { address }) => socket.unbind(address),
  connect: (socket, { address }) => socket.connect(address),
  disconnect: (socket, { address }) => socket.disconnect(address),
  subscribe: (socket, { topics }) => topics.forEach((topic) => socket.setStringOption(ZMQ_SUBSCRIBE, bytes(topic))),
  unsubscribe: (socket, { topics }) => topics.forEach((topic) => socket.setStringOption(ZMQ_UNSUBSCRIBE, bytes(topic))),
  join: (socket, { topics }) => socket.join(...topics.map(bytes)),
  leave: (socket, { topics }) => socket.leave(...topics.map(bytes)),
  send(socket, { message }) {
    const property = beside.get(socket);
    if (property === undefined) return socket.send(message.map(bytes));
    const [first, ...body] = message.map(bytes);
    return socket.send(body, { [property]: property === "group" ? first : Number(first) });
  },
  async receive(socket) {
    const message = await socket.receive();
    const property = beside.get(socket);
    const frames = property === undefined ? message : [message[1][property], message[0]];
    return frames.map((frame) => Buffer.from(typeof frame === "number" ? String(frame) : frame).toString("base64"));
  },
  /** Sends `count` messages whose last frames count up; the others are `before`. */
  async sendNumbers(socket, { count, before }) {
    const first = before.map(bytes);
    for (let at = 0; at < count; at++) await socket.send([...first, String(at)]);
  },
  /** The last frames of so many messages, as numbers; sleeps for `pause` ms after each 1,000. */
  async receiveNumbers(socket, { count, pause }) {
    const numbers = [];
    while (numbers.length < count) {
      const message = await socket.receive();
      numbers.push(Number(message.at(-1)));
      if (pause > 0 && numbers.length % 1000 === 0) await nap(pause);
    }
    return numbers;
  },
  async hear(_, { socket, type }) {
    const end = Date.now() + PATIENCE;
    while (!events.get(socket).includes(type)) {
      if (Date.now() > end) throw new Error(`heard only ${events.get(socket)}`);
      await nap(5);
    }
  },
  heard: (_, { socket }) => events.get(socket),
  close(socket, { socket: name }) {
    sockets.delete(name);
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
