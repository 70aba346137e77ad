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

/** How often a sending socket sends, in ms. */
const TICK = 5;

type Receiver = Dealer | Pair | Pull | Subscriber | XSubscriber;

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
      return tick(socket as XPublisher);
    case "PUB":
    case "PUSH":
      return tick(socket as Publisher | Push);
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

function tick(socket: Publisher | XPublisher | Push): void {
  const timer = setInterval(() => {
    if (socket.closed) clearInterval(timer);
    else socket.trySend(String(Date.now()));
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
