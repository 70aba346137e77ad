/** CLIENT: asks any number of SERVERs in turn, without waiting for one answer before the next question. */
import { Client, Server } from "zeromq-ts/draft";

const servers = [new Server(), new Server()];
const asked = servers.map(() => 0);
for (const [index, server] of servers.entries()) {
  await server.bind("tcp://127.0.0.1:*");
  server.onMessage(([body, from]) => {
    asked[index] = (asked[index] ?? 0) + 1;
    void server.send(`${String(body)} squared is ${Number(String(body)) ** 2}`, from);
  });
}

const client = new Client();
for (const server of servers) client.connect(server.lastEndpoint ?? "");
await client.ready({ peers: servers.length });

for (let number = 0; number < 4; number++) await client.send(String(number));
const answers: string[] = [];
for (let count = 0; count < 4; count++) answers.push(String((await client.receive())[0]));

for (const answer of answers.sort()) console.log(answer);
for (const count of asked) console.log(`a server was asked ${count} times`);
for (const socket of [client, ...servers]) socket.close();
