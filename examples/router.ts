/** ROUTER: sees who sent a message, in the first frame, and says who gets one. */
import { Dealer, Router, ZmqError } from "zeromq-ts";

const router = new Router({ mandatory: true });
await router.bind("tcp://127.0.0.1:*");

const peers = ["red", "blue"].map((routingId) => new Dealer({ routingId }));
for (const peer of peers) {
  peer.connect(router.lastEndpoint ?? "");
  await peer.send("here");
  const [id, text] = await router.receive();
  console.log(`${id} is ${text}`);
}

await router.send(["blue", "only for blue"]);
const [text] = (await peers[1]?.receive()) ?? [];
console.log(`blue got "${text}"`);

try {
  await router.send(["green", "nobody is called so"]);
} catch (error) {
  if (!(error instanceof ZmqError)) throw error;
  console.log(`${error.code}: ${error.message}`); // without `mandatory` it is dropped, and counted
}
for (const socket of [router, ...peers]) socket.close();
