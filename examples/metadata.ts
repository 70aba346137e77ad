/** Metadata: what peers say of themselves in the handshake comes with each message. */
import { Dealer, Router } from "zeromq-ts";

const router = new Router();
await router.bind("tcp://127.0.0.1:*");

const dealer = new Dealer({ routingId: "worker-1", metadata: { "X-Room": "kitchen" } });
dealer.connect(router.lastEndpoint ?? "");
await dealer.send("hello");

const { message, metadata } = await router.receiveWithMetadata();
console.log(message.map(String).join(": "));
for (const name of ["Socket-Type", "Identity", "X-Room", "Peer-Address"])
  console.log(`${name} = ${metadata.get(name)}`);
dealer.close();
router.close();
