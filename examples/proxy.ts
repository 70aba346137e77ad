/** Proxy: joins clients and services, shows each message to a capture socket, counts, and can be paused. */
import { Dealer, Proxy, Publisher, Reply, Request, Router, Subscriber } from "zeromq-ts";

const clients = new Router();
await clients.bind("tcp://127.0.0.1:*");
const services = new Dealer();
await services.bind("inproc://services");
const capture = new Publisher();
await capture.bind("inproc://capture");

const proxy = new Proxy(clients, services, capture);
const running = proxy.run();

const observer = new Subscriber();
observer.subscribe();
observer.connect("inproc://capture");
const service = new Reply();
service.connect("inproc://services");
const client = new Request();
client.connect(clients.lastEndpoint ?? "");

await client.send("ping");
const [request] = await service.receive();
await service.send(`${request} pong`);
const [reply] = await client.receive();
console.log(`reply: ${reply}`);
console.log(`captured: ${(await observer.receive()).at(-1)}, ${(await observer.receive()).at(-1)}`);

const { frontEnd, backEnd } = proxy.statistics();
console.log(`clients sent ${frontEnd.received.messages} message, services ${backEnd.received.messages}`);
proxy.terminate(); // closes its two sockets
await running;
for (const socket of [capture, observer, service, client]) socket.close();
