/**
 * Guide "wuproxy": carries weather from one network to another. Subscriptions pass upstream, so that only what somebody
 * wants comes here at all.
 *
 *     node wuproxy.js [weather server's endpoint] [endpoint for subscribers]
 */
import { Proxy, XPublisher, XSubscriber } from "zeromq-ts";

const [upstream = "tcp://192.168.55.210:5556", downstream = "tcp://10.1.1.0:8100"] = process.argv.slice(2);

const frontend = new XSubscriber();
frontend.connect(upstream);
const backend = new XPublisher();
await backend.bind(downstream);
console.log(`Bound to ${backend.lastEndpoint}`);

await new Proxy(frontend, backend).run();
