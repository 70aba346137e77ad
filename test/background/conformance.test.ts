import { useIoThreads } from "../support/background.ts";

/** The conformance suites and the sentences of the RFCs, with two I/O threads. */
const SUITES = ["sockets/conformance", "rfc/23-37-zmtp", "rfc/28-reqrep", "rfc/29-pubsub", "rfc/31-expair"] as const;

useIoThreads();
for (const suite of SUITES) await import(`../${suite}.test.js`);
