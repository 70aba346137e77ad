import type { SocketType } from "../index.ts";
import type { SocketKind } from "./verb.ts";

const HERE = "tcp://127.0.0.1:5556";
const ALL = "tcp://*:5556";

/** Of verbs that send and receive at once. */
const BOTH_WAYS =
  "It sends the lines of stdin and prints what comes, both at once. --count counts messages received; with --count 0 it " +
  "ends once all is sent. At the end of stdin it goes on receiving.";

const ONE_PART = "A message is one frame: a line with a tab in it is refused, unless --delimiter says otherwise.";

/** Of types whose messages name a peer by a number. */
const NUMBERED =
  "The first frame of each message is the number of the peer, both ways, in decimal digits; the other is the body.";

/**
 * What the command line makes of each socket type. Which side binds is CZMQ's custom: the one whose address others know.
 */
export const SOCKET_KINDS: Readonly<Record<SocketType["name"], SocketKind>> = {
  PAIR: {
    usual: "connect",
    command: "exchange",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS],
    examples: [
      [`zmq pair ${ALL}`, "one end of a conversation"],
      [`zmq pair ${HERE}`, "the other end: type lines here or there"],
    ],
  },
  PUB: {
    usual: "bind",
    command: "send",
    waits: true,
    flags: ["topic", "message", "interval", "wait", "peers"],
    notes: [
      "What nobody subscribed to is dropped, so it waits for the first subscriber (with --topic: of that topic) before " +
        "it sends; --peers N waits for more, --no-wait for nobody. Subscribers match the first frame of a message.",
    ],
    examples: [
      [`seq 100 | zmq pub ${ALL}`, "publish lines, once somebody has subscribed"],
      [`zmq pub ${ALL} --topic 10001 --message "21 C" --interval 1000`, "publish every second, under a topic"],
      [`tail -f log | zmq pub ${ALL} ipc:///tmp/log --no-wait`, "publish over tcp and ipc at once"],
    ],
  },
  SUB: {
    usual: "connect",
    command: "receive",
    subscribes: "call",
    flags: ["topic"],
    notes: ["Without --topic it subscribes to everything. A topic is the beginning of a message's first frame."],
    examples: [
      [`zmq sub ${HERE}`, "print all that is published"],
      [`zmq sub ${HERE} --topic 10001 --topic 10002`, "only what begins with one of these"],
      [`zmq sub ${HERE} --count 1 --timeout 5000`, "the next message; exit code 3 when none comes in 5 s"],
    ],
  },
  REQ: {
    usual: "connect",
    command: "request",
    flags: ["message", "interval", "wait", "peers"],
    notes: ["Each line of stdin is a request; its reply is printed before the next one is sent."],
    examples: [
      [`echo hello | zmq req ${HERE}`, "ask, and print the answer"],
      [`zmq req ${HERE} --message ping --count 10 --interval 1000 --timeout 500`, "ask ten times; give up after 0.5 s"],
    ],
  },
  REP: {
    usual: "bind",
    command: "reply",
    flags: ["message", "interval", "echo"],
    notes: [
      "Prints each request and answers it with the next line of stdin, and ends with stdin; with --message always with " +
        "that, with --echo with the request itself.",
    ],
    examples: [
      [`zmq rep ${ALL} --echo`, "answer every request with itself"],
      [`zmq rep ${ALL} --message pong`, "answer pong"],
      [`zmq rep ${ALL}`, "answer by hand"],
    ],
  },
  DEALER: {
    usual: "connect",
    command: "exchange",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS, "To talk with a rep, begin each message with an empty frame, the delimiter."],
    examples: [
      [`zmq dealer ${HERE}`, "send lines to a router and print what it sends"],
      [`zmq dealer ${HERE} --format json --message '["", "hello"]' --count 1`, "ask a rep"],
    ],
  },
  ROUTER: {
    usual: "bind",
    command: "exchange",
    named: true,
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [
      BOTH_WAYS,
      "The first frame of each message names the peer, both ways. In text, names that are not printable are shown, and " +
        "taken, as 0x and hexadecimal digits.",
    ],
    examples: [
      [`zmq router ${ALL} --echo`, "return each message to its sender"],
      [`zmq router ${ALL}`, "print a name, a tab and a line for each message; type the same to answer"],
    ],
  },
  PULL: {
    usual: "bind",
    command: "receive",
    flags: [],
    notes: [],
    examples: [
      [`zmq pull ${ALL}`, "print what is pushed"],
      [`zmq pull ${ALL} --format raw --count 1 > photo.jpg`, "receive one message as a file"],
    ],
  },
  PUSH: {
    usual: "connect",
    command: "send",
    flags: ["message", "interval", "wait", "peers"],
    notes: [
      "Waits where all peers are busy, and, at the end, until all is delivered: --timeout and --linger bound that.",
    ],
    examples: [
      [`seq 1000 | zmq push ${HERE}`, "hand out a thousand tasks"],
      [`zmq push ${HERE} --format raw < photo.jpg`, "send a file as one message"],
      [`seq 1000 | zmq push --bind ${ALL} --peers 4`, "once four workers are there"],
    ],
  },
  XPUB: {
    usual: "bind",
    command: "exchange",
    waits: true,
    flags: ["topic", "message", "interval", "wait", "peers"],
    notes: [
      BOTH_WAYS,
      "Prints subscriptions: a byte 01 (or 00 for the end of one), then the topic; --format hex shows it.",
    ],
    examples: [[`zmq xpub ${ALL} --format hex`, "watch who subscribes to what"]],
  },
  XSUB: {
    usual: "connect",
    command: "exchange",
    subscribes: "message",
    flags: ["topic", "message", "interval", "wait", "peers"],
    notes: [
      BOTH_WAYS,
      "Without --topic it subscribes to everything. A message sent that begins with 01 or 00 (un)subscribes.",
    ],
    examples: [[`zmq xsub ${HERE} --topic 10001`, "print what is published under a topic"]],
  },
  STREAM: {
    usual: "connect",
    command: "stream",
    named: true,
    format: "raw",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [
      "Talks TCP with programs that know nothing of ZeroMQ. As bytes (--format raw, the default) it sends stdin to the " +
        "first peer and prints what that sends, until it closes; --message, --interval and --echo need another format.",
      "In text, hex and json each message is the peer's name and bytes; a name with nothing says that it came or went.",
    ],
    examples: [
      [`printf 'GET / HTTP/1.0\\r\\n\\r\\n' | zmq stream tcp://127.0.0.1:80`, "fetch a page"],
      [`zmq stream ${ALL} --format json`, "serve any number of TCP clients"],
    ],
  },
  SERVER: {
    usual: "bind",
    command: "exchange",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS, NUMBERED],
    examples: [
      [`zmq server ${ALL} --echo`, "return each message to its sender"],
      [`zmq server ${ALL}`, "print a number, a tab and a line for each message; type the same to answer"],
    ],
  },
  CLIENT: {
    usual: "connect",
    command: "exchange",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS, ONE_PART],
    examples: [[`zmq client ${HERE}`, "send lines to a server and print what it sends"]],
  },
  RADIO: {
    usual: "bind",
    command: "send",
    waits: true,
    flags: ["topic", "message", "interval", "wait", "peers"],
    notes: [
      "Each message is a group and a body: a line is GROUP, a tab, and the body; with --topic, that is the group of all. " +
        "What nobody joined is dropped, so it waits for the first member (with --topic: of that group) before it sends; " +
        "--peers N waits for more, --no-wait for nobody.",
    ],
    examples: [
      [`zmq radio ${ALL} --topic weather --message "21 C" --interval 1000`, "send to a group every second"],
      [`zmq radio ${ALL}`, "type a group, a tab and a line"],
      [`zmq radio 'udp://239.192.1.1:5556' --topic weather`, "multicast the lines of stdin"],
    ],
  },
  DISH: {
    usual: "connect",
    command: "receive",
    subscribes: "join",
    flags: ["topic"],
    notes: ["Joins the group of each --topic, and prints the group and the body of what is sent to it."],
    examples: [
      [`zmq dish ${HERE} --topic weather --topic news`, "print what is sent to one of these groups"],
      [`zmq dish 'udp://239.192.1.1:5556' --topic weather`, "print what is multicast to the group"],
    ],
  },
  GATHER: {
    usual: "bind",
    command: "receive",
    flags: [],
    notes: [],
    examples: [[`zmq gather ${ALL}`, "print what is scattered"]],
  },
  SCATTER: {
    usual: "connect",
    command: "send",
    flags: ["message", "interval", "wait", "peers"],
    notes: [
      "Waits where all peers are busy, and, at the end, until all is delivered: --timeout and --linger bound that.",
      ONE_PART,
    ],
    examples: [[`seq 1000 | zmq scatter ${HERE}`, "hand out a thousand tasks"]],
  },
  DGRAM: {
    usual: "bind",
    command: "exchange",
    addressed: true,
    flags: ["message", "interval", "echo"],
    notes: [
      BOTH_WAYS,
      "Talks UDP with any program. The first frame of each message is the other end's address, both ways, as in " +
        "127.0.0.1:5556; the other is the body.",
    ],
    examples: [
      ["zmq dgram 'udp://*:5556' --echo", "return each datagram to its sender"],
      [`printf '127.0.0.1:5556\thello\n' | zmq dgram 'udp://*:*'`, "send a datagram, and print what comes back"],
    ],
  },
  PEER: {
    usual: "connect",
    command: "exchange",
    numbered: true,
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS, NUMBERED, "Where it connects, it says on stderr which number that peer has."],
    examples: [
      [`zmq peer ${ALL} --echo`, "return each message to its sender"],
      [`zmq peer ${HERE}`, "type the number it tells, a tab and a line"],
    ],
  },
  CHANNEL: {
    usual: "connect",
    command: "exchange",
    flags: ["message", "interval", "echo", "wait", "peers"],
    notes: [BOTH_WAYS, ONE_PART],
    examples: [
      [`zmq channel ${ALL}`, "one end of a conversation"],
      [`zmq channel ${HERE}`, "the other end: type lines here or there"],
    ],
  },
};
