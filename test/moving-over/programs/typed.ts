/**
 * A program for zeromq.js, as its users write them in TypeScript. It compiles with npm zeromq (here) and with this package
 * in its place, with every compiler and module resolution (moving-over.test.ts, scripts/compilers.mjs).
 */
import * as zmq from "zeromq";
import {
  capability,
  context,
  Context,
  curveKeyPair,
  Dealer,
  Event,
  EventOfType,
  EventSubscriber,
  EventType,
  Message,
  MessageLike,
  Observer,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Readable,
  Reply,
  Request,
  Router,
  RouterConnectOptions,
  Socket,
  SocketOptions,
  Stream,
  StreamConnectOptions,
  Subscriber,
  version,
  Writable,
  XPublisher,
  XSubscriber,
} from "zeromq";
import * as draft from "zeromq/draft";
import { Client, Datagram, Dish, Gather, Radio, Scatter, Server } from "zeromq/draft";
import * as compat from "zeromq/v5-compat";

/** What such programs name: nothing is run but this. */
export const names: string[] = [version, String(capability.curve), typeof context, typeof curveKeyPair];

export async function messages(pull: Pull, stream: Stream): Promise<string> {
  const [first, ...rest]: Message[] = await pull.receive();
  const size: number = first.length + rest.length;
  for await (const [part] of pull) return part.toString("utf8") + String(size);
  for await (const [id, data] of stream) await stream.send([id, data.slice(1)]);
  return "";
}

/** Code for any socket that sends or receives. */
export async function pipe(from: Readable, to: Writable): Promise<void> {
  from.receiveTimeout = 100;
  to.sendTimeout = 100;
  for await (const message of from) await to.send(message);
}

export class Worker extends Dealer {
  constructor(options?: SocketOptions<Dealer>) {
    super({ linger: 0, ...options });
  }

  get sendHighWaterMarkByNumber(): number {
    return this.getInt32Option(23);
  }

  override async send(message: MessageLike | MessageLike[]): Promise<void> {
    await super.send(message);
  }
}

export function options(): void {
  const settings: SocketOptions<Subscriber> = { context: new Context({ ioThreads: 2 }), receiveHighWaterMark: 10 };
  const subscriber = new Subscriber(settings);
  subscriber.subscribe("a", Buffer.from("b"));
  subscriber.unsubscribe();
  const publisher = new Publisher({ noDrop: true, plainPassword: "x", curveServerKey: null, zapDomain: "global" });
  const type: number = publisher.type;
  const mechanism: null | "plain" | "curve" | "gssapi" = publisher.securityMechanism;
  const address: string | null = publisher.lastEndpoint;
  const router = new Router({ mandatory: true, handover: true, routingId: "r" });
  const peer: RouterConnectOptions = { routingId: "peer" };
  const stranger: StreamConnectOptions = { routingId: "stranger" };
  router.connect("inproc://x", peer);
  new Stream().connect("tcp://127.0.0.1:9", stranger);
  new XPublisher({ verbosity: "allSubs", welcomeMessage: "hello" }).close();
  for (const socket of [new XSubscriber(), new Pair(), new Reply(), new Push()]) socket.close();
  names.push(String(type), String(mechanism), String(address));
}

export async function request(client: Request, subscriber: EventSubscriber): Promise<void> {
  client.events.on("bind", (details: EventOfType<"bind">) => names.push(details.address));
  subscriber.on("handshake:error:auth", ({ error }) => names.push(String(error.status + 1)));
  subscriber.off("connect:retry", ({ interval, address }) => names.push(String(interval + 1) + address));
  const observer = new Observer(client);
  for await (const event of observer) named(event);
  await client.send(["x", 1, null, new Uint8Array(3)]);
  await client.bind("tcp://127.0.0.1:*");
  client.close();
}

function named(event: Event): EventType {
  if (event.type === "bind:error") names.push(event.error.code, event.address);
  if (event.type === "connect:retry") names.push(String(event.interval));
  return event.type;
}

export async function proxied(front: Router, back: Dealer): Promise<Socket> {
  const proxy: Proxy<Router, Dealer> = new Proxy(front, back);
  const done: Promise<void> = proxy.run();
  proxy.terminate();
  await done;
  return proxy.frontEnd.closed ? proxy.frontEnd : new zmq.Push({ sendHighWaterMark: 1 });
}

export async function drafts(server: Server, dish: Dish, radio: Radio, client: Client): Promise<void> {
  const [request, { routingId }] = await server.receive();
  await server.send(request, { routingId });
  dish.join("a", Buffer.from("b"));
  const [message, { group }] = await dish.receive();
  await radio.send(message, { group: group.toString() });
  const [reply] = await client.receive();
  await new Scatter().send(reply);
  const [gathered] = await new Gather().receive();
  await new draft.Datagram().send(["127.0.0.1:9", gathered]);
  const [sender, body] = await new Datagram().receive();
  names.push(sender.toString(), body.toString());
}

export function old(): void {
  const socket: compat.Socket = compat.socket("router", { identity: "me", linger: 0 });
  socket.on("message", (id: Buffer, ...rest: Buffer[]) => socket.send([id, ...rest], compat.ZMQ_SNDMORE));
  socket.bind("tcp://127.0.0.1:*", (error?: Error) => names.push(String(error))).monitor(500, 0);
  socket.setsockopt(compat.ZMQ_LINGER, 0).setsockopt("identity", Buffer.from("me"));
  const kind: compat.SocketType = socket.type;
  names.push(kind, String(socket.getsockopt("linger")), String(socket.last_endpoint.length), compat.version);
  compat.createSocket("pub").send("x", null, () => names.push("sent"));
  const keys: { public: string; secret: string } = compat.curveKeypair();
  names.push(keys.public);
  if (socket.custom.thing === undefined) socket.custom = 1;
}
