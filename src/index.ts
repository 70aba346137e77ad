/** The public surface, by name. */
export { capability, has, version } from "./version.ts";
export { curveKeyPair, curvePublicKey } from "./curve-keys.ts";
export { curveKeys, plainUsers, type CurveKey, type CurveKeys } from "./sockets/allowed.ts";
export type { AuthenticationAnswer, AuthenticationRequest, Authenticator } from "./sockets/authenticator.ts";
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
export { decodeZ85, encodeZ85 } from "./base/z85.ts";
export { Poller, type PollerEvent } from "./poller.ts";
export { Timers, type TimerHandler } from "./timers.ts";
export { DEVICES, device, Proxy, type DeviceName, type ProxyCount, type ProxyStatistics } from "./proxy.ts";
export { release } from "./base/lending.ts";
export type { MessageLike } from "./base/message.ts";
export type { EventSubscriber, Message, Readable, Writable } from "./sockets/generic.ts";
export type { ErrorCode } from "./base/errors.ts";
export type { Event, EventOfType, EventType } from "./observe/events.ts";
export type { PeerStats, SocketStats } from "./observe/metrics.ts";
export type { DropReason, Drops } from "./observe/drops.ts";
export type { DrainOptions, DrainReport } from "./sockets/drain.ts";
export type { ReceivedMessage, Receiving, Sending } from "./sockets/methods.ts";
export type { PeerReport } from "./sockets/peer-report.ts";
export type { ReadyOptions } from "./sockets/ready.ts";
export type { SocketTicket, TransferOptions } from "./sockets/transfer.ts";
export type {
  ConnectOptions,
  ConnectOptions as RouterConnectOptions,
  ConnectOptions as StreamConnectOptions,
} from "./sockets/socket.ts";
export type { SendOptions } from "./sockets/outgoing.ts";
export type { WaitOptions } from "./sockets/waiters.ts";

/** The tables, as data: what command lines, dashboards and docs derive from. */
export { OPTIONS } from "./options/table.ts";
export { propertiesOf } from "./options/options.ts";
export type { OptionRow } from "./options/row.ts";
export { SOCKETS } from "./sockets/index.ts";
export type { SocketType } from "./sockets/type.ts";
export { DROP_REASONS } from "./observe/drops.ts";
export { unaccounted } from "./observe/metrics.ts";
