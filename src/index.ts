/** The public surface, by name. */
export { Context, context } from "./sockets/context.ts";
export { Socket, type SocketOptions } from "./sockets/socket.ts";
export { Pair } from "./sockets/pair.ts";
export { Publisher } from "./sockets/publisher.ts";
export { Subscriber } from "./sockets/subscriber.ts";
export { Request } from "./sockets/request.ts";
export { Reply } from "./sockets/reply.ts";
export { Dealer } from "./sockets/dealer.ts";
export { Router } from "./sockets/router.ts";
export { Pull } from "./sockets/pull.ts";
export { Push } from "./sockets/push.ts";
export { XPublisher } from "./sockets/xpub.ts";
export { XSubscriber } from "./sockets/xsub.ts";
export { Stream } from "./sockets/stream.ts";
export { Observer } from "./sockets/observer.ts";
export { ZmqError } from "./base/errors.ts";
