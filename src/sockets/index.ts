import { CHANNEL } from "./channel.ts";
import { CLIENT } from "./client.ts";
import { DEALER } from "./dealer.ts";
import { DGRAM } from "./dgram.ts";
import { DISH } from "./dish.ts";
import { GATHER } from "./gather.ts";
import { PAIR } from "./pair.ts";
import { PEER } from "./peer.ts";
import { PUB } from "./publisher.ts";
import { PULL } from "./pull.ts";
import { PUSH } from "./push.ts";
import { RADIO } from "./radio.ts";
import { REP } from "./reply.ts";
import { REQ } from "./request.ts";
import { ROUTER } from "./router.ts";
import { SCATTER } from "./scatter.ts";
import { SERVER } from "./server.ts";
import { STREAM } from "./stream.ts";
import { SUB } from "./subscriber.ts";
import type { SocketType } from "./type.ts";
import { XPUB } from "./xpub.ts";
import { XSUB } from "./xsub.ts";

/** Every socket type, in libzmq's order: compatibility table, command line, docs and tests go through it. */
export const SOCKETS: readonly SocketType[] = [
  PAIR,
  PUB,
  SUB,
  REQ,
  REP,
  DEALER,
  ROUTER,
  PULL,
  PUSH,
  XPUB,
  XSUB,
  STREAM,
  SERVER,
  CLIENT,
  RADIO,
  DISH,
  GATHER,
  SCATTER,
  DGRAM,
  PEER,
  CHANNEL,
];
