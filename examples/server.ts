/** SERVER: sees who sent a message, by a number, and answers when it likes, in any order. */
import { Client, Server } from "zeromq-ts/draft";

const server = new Server();
await server.bind("tcp://127.0.0.1:*");

const clients = ["ann", "bob", "cid"].map((name) => ({ name, socket: new Client() }));
const waiting: { name: string; routingId: number }[] = [];
for (const { name, socket } of clients) {
  socket.connect(server.lastEndpoint ?? "");
  await socket.send(name);
  const [body, { routingId }] = await server.receive();
  waiting.push({ name: String(body), routingId });
}

// The last one first: nothing has to be answered in turn, and not everybody once.
for (const { name, routingId } of waiting.toReversed()) await server.send(`hello ${name}`, { routingId });

for (const { name, socket } of clients) console.log(`${name} got "${(await socket.receive()).join()}"`);
for (const { socket } of clients) socket.close();
server.close();
