/**
 * The socket types that libzmq calls drafts: zeromq.js' seven classes on `zeromq/draft`, and two more. All but
 * Datagram have messages of one part.
 */
export { Server, type RoutingOptions } from "./sockets/server.ts";
export { Client } from "./sockets/client.ts";
export { Radio, type GroupOptions } from "./sockets/radio.ts";
export { Dish, type Grouped } from "./sockets/dish.ts";
export { Gather } from "./sockets/gather.ts";
export { Scatter } from "./sockets/scatter.ts";
export { Datagram } from "./sockets/dgram.ts";
export { Peer } from "./sockets/peer.ts";
export { Channel } from "./sockets/channel.ts";
export type { SendingTo } from "./sockets/methods.ts";
