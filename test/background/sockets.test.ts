import { useIoThreads } from "../support/background.ts";

/**
 * What sockets do, with two I/O threads. Not here: tests of what has no connection, and those that look at counters or at
 * the effect of a mark in the very moment of a call, which an I/O thread tells a moment later (docs/decisions/0045).
 */
const SUITES = [
  "interop/security",
  "poller",
  "proxy",
  "sockets/allowed",
  "sockets/authentication",
  "sockets/channel",
  "sockets/client-server",
  "sockets/conflate",
  "sockets/connection-messages",
  "sockets/context",
  "sockets/datagram",
  "sockets/dealer",
  "sockets/departed",
  "sockets/drain",
  "sockets/mechanisms",
  "sockets/messages",
  "sockets/metadata",
  "sockets/pair",
  "sockets/peer",
  "sockets/protection",
  "sockets/pubsub",
  "sockets/radio-dish",
  "sockets/ready",
  "sockets/receiving",
  "sockets/reply",
  "sockets/router-identity",
  "sockets/router-notify",
  "sockets/router-raw",
  "sockets/scatter-gather",
  "sockets/sending",
  "sockets/shutdown",
  "sockets/socks",
  "sockets/xpub-manual",
  "sockets/xpub",
  "sockets/xsub",
] as const;

useIoThreads();
for (const suite of SUITES) await import(`../${suite}.test.js`);
