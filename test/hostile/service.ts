import type { Channel, Client, Dish, Gather, Peer, Radio, Scatter, Server } from "../../src/draft.ts";
import type {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Socket,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../../src/index.ts";
import type { TypeName } from "../../src/options/socket-types.ts";

/** What a collecting socket heard from the good client begins so. */
export const GOOD = "good:";

/** What a RADIO sends to, and a DISH is in. */
export const GROUP = "group";

/** How often a sending socket sends, in ms. */
const TICK = 5;

type Receiver = Channel | Dealer | Gather | Pair | Pull | Subscriber | XSubscriber;

/**
 * Puts a socket to its ordinary work until it closes: it answers, or collects what begins with `GOOD` (and tells
 * `heard`), or sends the time at each tick. What hostile peers send is taken and forgotten.
 */
export function serve(socket: Socket, type: TypeName, heard: (token: string) => void): void {
  switch (type) {
    case "REP":
    case "ROUTER": {
      const server = socket as Reply | Router;
      server.onMessage((message) => void server.trySend(message));
      return;
    }
    case "SERVER":
    case "PEER": {
      const server = socket as Server | Peer;
      server.onMessage(([body, from]) => void server.send(body, from).catch(() => undefined)); // who sent it may have left
      return;
    }
    case "DISH":
      (socket as Dish).onMessage(([body]) => {
        if (String(body).startsWith(GOOD)) heard(String(body));
      });
      return;
    case "RADIO":
      return tick(socket, (time) => (socket as Radio).trySend(time, { group: GROUP }));
    case "CLIENT":
      (socket as Client).onMessage(() => undefined);
      return tick(socket, (time) => (socket as Client).trySend(time));
    case "STREAM": {
      const stream = socket as Stream;
      stream.onMessage((message) => {
        if ((message[1]?.length ?? 0) > 0) void stream.send(message).catch(() => undefined);
      });
      return;
    }
    case "XPUB":
      // One that is not read stops reading its peers at the mark, and then does not see them go.
      (socket as XPublisher).onMessage(() => undefined);
      return tick(socket, (time) => (socket as XPublisher).trySend(time));
    case "PUB":
    case "PUSH":
    case "SCATTER":
      return tick(socket, (time) => (socket as Publisher | Push | Scatter).trySend(time));
    case "REQ":
      void ask(socket as Request);
      return;
    default:
      (socket as Receiver).onMessage((message) => {
        const token = message.at(-1)?.toString() ?? "";
        if (token.startsWith(GOOD)) heard(token);
      });
  }
}

function tick(socket: Socket, send: (time: string) => boolean): void {
  const timer = setInterval(() => {
    if (socket.closed) clearInterval(timer);
    else send(String(Date.now()));
  }, TICK);
}

async function ask(socket: Request): Promise<void> {
  while (!socket.closed) {
    try {
      await socket.send(String(Date.now()), { timeout: 100 });
      await socket.receive({ timeout: 50 });
    } catch {
      // Nobody there, no answer, or closed: the loop's condition tells.
    }
  }
}
