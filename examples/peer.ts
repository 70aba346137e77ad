/** PEER: every node is the same, whoever connects; `connectPeer` says at once by which number the other one is known. */
import { Peer } from "zeromq-ts/draft";

const nodes = [new Peer(), new Peer(), new Peer()] as const;
for (const node of nodes) await node.bind("tcp://127.0.0.1:*");
const addresses = nodes.map((node) => node.lastEndpoint ?? "");

// A ring: each knows the next one.
const next = nodes.map((node, index) => node.connectPeer(addresses[(index + 1) % nodes.length] ?? ""));

for (const [index, node] of nodes.entries()) {
  if (index === 0) continue;
  node.onMessage(([body]) => void node.send(`${String(body)} ${index}`, { routingId: next[index] ?? 0 }));
}

const [first] = nodes;
await first.send("0", { routingId: next[0] ?? 0 });
const [trail, { routingId }] = await first.receive();
console.log(`went round: ${trail}`);
console.log(`it came from somebody else than it went to: ${routingId !== next[0]}`);
for (const node of nodes) node.close();
