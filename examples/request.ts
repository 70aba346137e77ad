/**
 * REQ: one request, then its reply. With `relaxed` and `correlate` a request may be given up and sent again, and a late
 * reply to the old one is not taken for the new one's.
 */
import { Reply, Request, ZmqError } from "zeromq-ts";

const server = new Reply();
await server.bind("tcp://127.0.0.1:*");

const client = new Request({ relaxed: true, correlate: true });
client.connect(server.lastEndpoint ?? "");

for (let attempt = 1; ; attempt++) {
  await client.send(`attempt ${attempt}`);
  if (attempt === 2) void answerAll();
  try {
    const [reply] = await client.receive({ timeout: 200 });
    console.log(`reply: ${reply}`);
    break;
  } catch (error) {
    if (!(error instanceof ZmqError) || error.code !== "EAGAIN") throw error;
    console.log("no reply yet, asking again");
  }
}
client.close();
server.close();

async function answerAll(): Promise<void> {
  for await (const [request] of server) await server.send(`${request} answered`);
}
