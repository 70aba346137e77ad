import { BENCH } from "./commands/bench.ts";
import { DEMO } from "./commands/demo.ts";
import { KEYGEN } from "./commands/keygen.ts";
import { PROXY } from "./commands/proxy.ts";
import { SOCKET_VERBS } from "./socket-verbs.ts";
import type { Verb } from "./verb.ts";

/** Everything that may follow `zmq`, in the order of help. */
export const VERBS: readonly Verb[] = [...SOCKET_VERBS, PROXY, KEYGEN, BENCH, DEMO];
