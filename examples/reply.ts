/** REP: takes a request of each client in turn; the reply goes back to whoever asked. */
import { Reply, Request } from "zeromq-ts";

const server = new Reply();
await server.bind("tcp://127.0.0.1:*");
void serve();

const answers = await Promise.all(["ann", "bob", "cid"].map(ask));
console.log(answers.join("\n"));
server.close();

async function serve(): Promise<void> {
  for await (const [name] of server) await server.send(`hello ${name}`);
}

async function ask(name: string): Promise<string> {
  using client = new Request();
  client.connect(server.lastEndpoint ?? "");
  await client.send(name);
  const [reply] = await client.receive();
  return `${name} got "${reply}"`;
}
