import type * as ours from "../../src/compat/index.ts";
import { type Compat, Transcript } from "./transcript.ts";

/** A program of zeromq.js 5: it says the same on both implementations. */
export type Scenario = (zmq: Compat, transcript: Transcript, sockets: ours.Socket[]) => Promise<void> | void;

const ANYWHERE = "tcp://127.0.0.1:*";
const NOWHERE = "tcp://127.0.0.1:1";

/** What is run on both, by what it is about. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "what there is not": (zmq, said, sockets) => {
    said.try("socket type", () => zmq.socket("nonsense" as "pub"));
    said.try("context", () => new zmq.Context());
    const [push, sub] = made(zmq, sockets, "push", "sub");
    said.try("subscribe", () => push.subscribe("x"));
    said.try("unsubscribe", () => push.unsubscribe("x"));
    said.try("option", () => push.setsockopt(999, 1));
    said.try("option read", () => push.getsockopt(999));
    said.try("option name", () => push.setsockopt("nonsense" as "linger", 1));
    said.try("option of others", () => push.setsockopt("identity", "me"));
    said.try("read-only option", () => (push["last_endpoint"] = "x"));
    said.try("read", () => sub.read());
    said.try("more", () => sub["_receiveMore"]);
    said.try("descriptor", () => sub["_fd"]);
    said.try("raw", () => sub.setsockopt(zmq.ZMQ_ROUTER_RAW, 1));
    said.try("verbosity", () => sub.getsockopt(zmq.ZMQ_XPUB_VERBOSE));
    said.try("proxy", () => zmq.proxy(push, sub));
  },

  "calls and what they return": (zmq, said, sockets) => {
    const [push, sub] = made(zmq, sockets, "push", "sub");
    for (const call of ["pause", "resume", "close", "close"] as const) said.try(call, () => push[call]());
    said.try("closed", () => push.closed);
    said.try("bindSync", () => sub.bindSync(ANYWHERE));
    said.try("connect", () => sub.connect(NOWHERE));
    said.try("disconnect", () => sub.disconnect(NOWHERE));
    said.try("disconnect again", () => sub.disconnect(NOWHERE));
    said.try("subscribe", () => sub.subscribe("x"));
    said.try("connect to nonsense", () => sub.connect("nonsense"));
    said.try("connect a closed socket", () => push.connect(NOWHERE));
    said.try("bind a closed socket", () => push.bind(ANYWHERE));
    said.try("keys", () =>
      Object.keys(sub)
        .filter((key) => !key.startsWith("_"))
        .join(),
    );
  },

  "frames of all kinds, with and without ZMQ_SNDMORE": async (zmq, said, sockets) => {
    const [rep, req] = made(zmq, sockets, "rep", "req");
    rep.on("message", (...frames) => {
      said.say("request", ...frames);
      rep.send("one", zmq.ZMQ_SNDMORE).send(["two", 3, null], zmq.ZMQ_SNDMORE);
      rep.send(Buffer.from("four"), 0, (error) => said.say("sent", error));
    });
    rep.bindSync(ANYWHERE);
    req.connect(String(rep["last_endpoint"])).send(["hello", "there"]);
    await said.reaches(2);
    req.once("message", (...frames) => said.say("reply", ...frames));
    await said.reaches(3);
  },

  "results in callbacks, and as events": async (zmq, said, sockets) => {
    const [one, other, req] = made(zmq, sockets, "rep", "rep", "req");
    one.bindSync(ANYWHERE);
    other.bind(String(one["last_endpoint"]), (error) => said.say("bind", error));
    await said.reaches(1);
    other.on("error", (error) => said.say("error", error)).bind(String(one["last_endpoint"]));
    await said.reaches(2);
    other.unbind(NOWHERE, (error) => said.say("unbind", error));
    await said.reaches(3);
    other.on("bind", (address) => said.say("bound", address)).on("unbind", () => said.say("unbound"));
    other.bind(ANYWHERE, (error) => said.say("bind", error));
    await said.reaches(5);
    other.unbind(String(other["last_endpoint"]), (error) => said.say("unbind", error));
    await said.reaches(7);
    req.connect(NOWHERE).send("first", 0, (error) => said.say("first", error));
    await said.reaches(8);
  },

  "what a socket that waits for peers says when it is closed": async (zmq, said, sockets) => {
    const [push] = made(zmq, sockets, "push");
    push.send("nobody is here", 0, (error) => said.say("sent", error));
    await new Promise(setImmediate);
    push.close();
    await said.reaches(1);
  },

  "publishing, subscribing and what a publisher hears of it": async (zmq, said, sockets) => {
    const [xpub, sub] = made(zmq, sockets, "xpub", "sub");
    xpub.on("message", (notice: Buffer) => {
      said.say("notice", notice.toString("hex"));
      if (notice[0] === 1) xpub.send(["topic", "news"]);
    });
    sub.on("message", (...frames) => {
      said.say("news", ...frames);
      sub.unsubscribe("topic");
    });
    xpub.bindSync(ANYWHERE);
    sub.connect(String(xpub["last_endpoint"])).subscribe("topic");
    await said.reaches(3);
  },

  "a pause keeps messages on both sides": async (zmq, said, sockets) => {
    const [pull, push] = made(zmq, sockets, "pull", "push");
    pull.on("message", (frame) => said.say("got", frame));
    pull.bindSync(ANYWHERE);
    push.connect(String(pull["last_endpoint"]));
    push.pause();
    push.send("while the sender paused", 0, () => said.say("sent"));
    said.say("resume");
    push.resume();
    await said.reaches(3);
    said.lines.sort();
    pull.pause();
    push.send("while the receiver paused");
    setTimeout(() => {
      said.say("resume");
      pull.resume();
    }, 50);
    await said.reaches(5);
  },

  "a proxy with a capture": async (zmq, said, sockets) => {
    const [router, dealer, push, pull] = made(zmq, sockets, "router", "dealer", "push", "pull");
    const [req, rep] = made(zmq, sockets, "req", "rep");
    router.bindSync(ANYWHERE);
    dealer.bindSync(ANYWHERE);
    push.bindSync(ANYWHERE);
    pull.on("message", (...frames) => said.say("captured", ...frames)).connect(String(push["last_endpoint"]));
    zmq.proxy(router, dealer, push);
    rep.on("message", (frame) => rep.send(["re", frame])).connect(String(dealer["last_endpoint"]));
    req.on("message", (...frames) => said.say("reply", ...frames)).connect(String(router["last_endpoint"]));
    req.send("request");
    await said.reaches(2);
    said.lines.sort();
  },

  "events of connections under their old names": async (zmq, said, sockets) => {
    const [rep, req] = made(zmq, sockets, "rep", "req");
    const names = ["connect", "listen", "accept", "connect_delay"];
    for (const name of names) {
      rep.on(name, (value, address, error) => said.say("rep", name, value, typeof address, error));
      req.on(name, (value, address, error) => said.say("req", name, value, typeof address, error));
    }
    said.try("monitor", () => rep.monitor());
    rep.bindSync(ANYWHERE);
    await said.reaches(2);
    req.monitor().connect(String(rep["last_endpoint"]));
    await said.reaches(5);
    said.lines.sort();
  },
};

function made(
  zmq: Compat,
  sockets: ours.Socket[],
  ...types: ours.SocketType[]
): [ours.Socket, ...ours.Socket[]] & Sockets {
  const all = types.map((type) => zmq.socket(type, { linger: 0 }));
  sockets.push(...all);
  return all as [ours.Socket, ...ours.Socket[]] & Sockets; // as many as there are types
}

/** As many as were asked for. */
type Sockets = Record<0 | 1 | 2 | 3, ours.Socket>;

/** What a scenario says. */
export async function transcript(zmq: Compat, scenario: Scenario): Promise<string[]> {
  const said = new Transcript();
  const sockets: ours.Socket[] = [];
  try {
    await scenario(zmq, said, sockets);
    return said.lines.slice();
  } finally {
    for (const socket of sockets) socket.close();
  }
}
