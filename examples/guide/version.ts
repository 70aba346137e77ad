/** Guide "version": which libzmq's behaviour this library follows, and its own version. */
import { createRequire } from "node:module";
import { version } from "zeromq-ts";

const { version: own } = createRequire(import.meta.url)("zeromq-ts/package.json") as { version: string };

console.log(`Behaves as libzmq ${version}; zeromq-ts ${own}`);
