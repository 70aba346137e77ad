import assert from "node:assert/strict";
import { Channel, Client, Dish, Gather, Peer, Radio, Scatter, Server } from "../../src/draft.ts";
import {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  type Socket,
  Subscriber,
  XPublisher,
} from "../../src/index.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { until } from "../conformance/recorders.ts";
import { HostilePeer } from "./hostile-peer.ts";
import { GOOD, GROUP } from "./service.ts";

/** Longer than any machine needs, and shorter than a test may take. */
const LIMIT = 10_000;

/** Somebody honest beside the hostile ones (libzmq's own fuzz tests do the same): it must always be served. */
export interface GoodClient {
  /** One exchange; fails when it is not done in time. */
  served(): Promise<void>;
  close(): void;
}

/**
 * The good client of a socket that `serve`s. `collected`: whether a collecting socket has heard a token. `credentials`: the
 * options with which it is let in.
 */
export async function goodClient(
  type: TypeName,
  endpoint: string,
  collected: (token: string) => boolean,
  credentials: object = {},
): Promise<GoodClient> {
  const client = await clientOf(type, { endpoint, credentials }, collected);
  await client.served();
  return client;
}

interface Place {
  readonly endpoint: string;
  readonly credentials: object;
}

async function clientOf(type: TypeName, place: Place, collected: (token: string) => boolean): Promise<GoodClient> {
  if (type === "STREAM") return echoed(await HostilePeer.connect(place.endpoint));
  switch (type) {
    case "REP":
      return asking(connected(new Request({ linger: 0, relaxed: true, correlate: true }), place));
    case "ROUTER":
      return asking(connected(new Dealer({ linger: 0 }), place));
    case "PUB":
    case "XPUB": {
      const subscriber = new Subscriber();
      subscriber.subscribe();
      return listening(connected(subscriber, place));
    }
    case "PUSH":
      return listening(connected(new Pull({ linger: 0 }), place));
    case "SERVER":
      return asking(connected(new Client({ linger: 0 }), place));
    case "PEER":
      return calling(new Peer({ linger: 0 }), place);
    case "CLIENT":
      return listening(connected(new Server({ linger: 0 }), place));
    case "RADIO": {
      const dish = new Dish();
      dish.join(GROUP);
      return listening(connected(dish, place));
    }
    case "SCATTER":
      return listening(connected(new Gather({ linger: 0 }), place));
    case "DISH":
      return sending(connected(new Radio({ linger: 0 }), place), collected);
    case "GATHER":
      return telling(connected(new Scatter({ linger: 0 }), place), collected);
    case "CHANNEL":
      return telling(connected(new Channel({ linger: 0 }), place), collected);
    case "REQ":
      return answering(connected(new Reply({ linger: 0 }), place));
    case "SUB":
      return telling(connected(new Publisher({ linger: 0 }), place), collected);
    case "XSUB":
      return telling(connected(new XPublisher({ linger: 0 }), place), collected);
    case "PULL":
      return telling(connected(new Push({ linger: 0 }), place), collected);
    case "DEALER":
      return telling(connected(new Dealer({ linger: 0 }), place), collected);
    default: // PAIR
      return telling(connected(new Pair({ linger: 0 }), place), collected);
  }
}

let tokens = 0;

function connected<S extends Socket>(socket: S, { endpoint, credentials }: Place): S {
  Object.assign(socket, credentials);
  socket.connect(endpoint);
  return socket;
}

function asking(socket: Request | Dealer | Client): GoodClient {
  return {
    async served() {
      const token = GOOD + ++tokens;
      await socket.send(token, { timeout: LIMIT });
      const [reply] = await socket.receive({ timeout: LIMIT });
      assert.equal(reply?.toString(), token);
    },
    close: () => socket.close(),
  };
}

/** As asking, of a peer that has to be named. */
function calling(socket: Peer, { endpoint, credentials }: Place): GoodClient {
  Object.assign(socket, credentials);
  const to = { routingId: socket.connectPeer(endpoint), timeout: LIMIT };
  return {
    async served() {
      const token = GOOD + ++tokens;
      await socket.send(token, to);
      const [reply] = await socket.receive({ timeout: LIMIT });
      assert.equal(String(reply), token);
    },
    close: () => socket.close(),
  };
}

/** As telling, to a group. */
function sending(socket: Radio, collected: (token: string) => boolean): GoodClient {
  return {
    async served() {
      await socket.ready({ subscribers: 1, topic: GROUP, timeout: LIMIT });
      const token = GOOD + ++tokens;
      await socket.send(token, { group: GROUP });
      await until("the good client's message", () => collected(token), LIMIT);
    },
    close: () => socket.close(),
  };
}

/** What it hears must have been sent after it began to listen. */
function listening(socket: Subscriber | Pull | Gather | Dish | Server): GoodClient {
  return {
    async served() {
      const began = Date.now();
      for (let sent = 0; sent < began;) {
        const [time] = await socket.receive({ timeout: LIMIT });
        sent = Number(time?.toString());
      }
    },
    close: () => socket.close(),
  };
}

function answering(socket: Reply): GoodClient {
  let last = 0;
  socket.onMessage(([time]) => {
    last = Number(time?.toString());
    socket.trySend("answer");
  });
  return {
    async served() {
      const began = Date.now();
      await until("a request to the good client", () => last >= began, LIMIT);
    },
    close: () => socket.close(),
  };
}

/** Its message must be collected. */
export function telling(
  socket: Publisher | XPublisher | Push | Dealer | Pair | Scatter | Channel,
  collected: (token: string) => boolean,
): GoodClient {
  const publishes = socket instanceof Publisher || socket instanceof XPublisher;
  return {
    async served() {
      if (publishes) await socket.ready({ subscribers: 1, timeout: LIMIT });
      const token = GOOD + ++tokens;
      await socket.send(token, { timeout: LIMIT });
      await until("the good client's message", () => collected(token), LIMIT);
    },
    close: () => socket.close(),
  };
}

function echoed(peer: HostilePeer): GoodClient {
  return {
    async served() {
      const before = peer.size;
      peer.send(Buffer.from("hello"));
      await until("an echo for the good client", () => peer.size >= before + 5, LIMIT);
    },
    close: () => peer.close(),
  };
}
