/** DEALER: any number of requests at once, shared among servers. A REP wants the empty frame before the request. */
import { Dealer, Reply } from "zeromq-ts";

const dealer = new Dealer();
await dealer.bind("tcp://127.0.0.1:*");

const servers = [new Reply(), new Reply()];
for (const server of servers) {
  server.connect(dealer.lastEndpoint ?? "");
  void serve(server);
}
await dealer.ready({ peers: servers.length });

for (let number = 0; number < 4; number++) await dealer.send(["", String(number)]);

const replies: string[] = [];
while (replies.length < 4) {
  const [, reply] = await dealer.receive();
  replies.push(String(reply));
}
console.log(replies.sort().join("\n"));
for (const { messagesSent } of dealer.peers()) console.log(`a server was asked ${messagesSent} times`);
for (const socket of [dealer, ...servers]) socket.close();

async function serve(server: Reply): Promise<void> {
  for await (const [request] of server) await server.send(`${request} squared is ${Number(request) ** 2}`);
}
