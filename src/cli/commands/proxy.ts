import { device, DEVICES, SOCKETS, type DeviceName, type Proxy, type Sending, type Socket } from "../../index.ts";
import { attach, toAddress } from "../addresses.ts";
import type { Arguments } from "../args.ts";
import { UsageError } from "../failure.ts";
import { GENERAL_FLAGS, type Values } from "../flags.ts";
import { onInterrupt } from "../interrupt.ts";
import { makeSocket } from "../socket-run.ts";
import type { Verb } from "../verb.ts";

const KINDS = Object.keys(DEVICES) as DeviceName[]; // the table's own keys

const FLAGS = {
  type: {
    type: "text",
    value: "KIND",
    choices: KINDS.map((name) => name.toLowerCase()),
    default: "queue",
    doc: "What is joined: queue (ROUTER and DEALER), forwarder (XSUB and XPUB), streamer (PULL and PUSH).",
  },
  capture: { type: "text", value: "ADDRESS", doc: "Publish a copy of each message there (PUB; binds)." },
  stats: { type: "boolean", doc: "At the end, write what went through to stderr, as JSON." },
  ...GENERAL_FLAGS,
} as const;

/** Joins two sockets, until it is interrupted. */
export const PROXY: Verb = {
  name: "proxy",
  doc: "Moves messages between two sockets: a queue of requests, a forwarder of what is published, a streamer of tasks.",
  operands: "FRONT BACK",
  notes: [
    "Clients, publishers or ventilators talk to FRONT; services, subscribers or sinks to BACK. Both addresses bind, " +
      'unless they begin with ">". It runs until it is interrupted.',
  ],
  flags: FLAGS,
  options: {},
  examples: [
    ["zmq proxy tcp://*:5559 tcp://*:5560", "share requests among services that connect to 5560"],
    ["zmq proxy '>tcp://weather:5556' tcp://*:8100 --type forwarder", "republish in another network"],
    ["zmq proxy tcp://*:5557 tcp://*:5558 --type streamer --capture ipc:///tmp/tasks", "and watch with zmq sub"],
  ],
  run: runProxy,
};

async function runProxy({ values, positionals }: Arguments): Promise<undefined> {
  const { type = "queue", capture, stats } = values as Values<typeof FLAGS>; // parsed by these flags
  if (positionals.length !== 2)
    throw new UsageError(`proxy takes two addresses, FRONT and BACK, not ${positionals.length}`);
  const name = type.toUpperCase() as DeviceName; // one of the choices
  const {
    front: [frontType],
    back: [backType],
  } = DEVICES[name];
  const front = socketOf(frontType);
  const back = socketOf(backType);
  await attach(front, toAddress(positionals[0] ?? "", "bind"));
  await attach(back, toAddress(positionals[1] ?? "", "bind"));
  const copies = capture === undefined ? undefined : socketOf("PUB");
  if (copies !== undefined && capture !== undefined) await attach(copies, toAddress(capture, "bind"));
  await run(device(name, front, back, copies), stats === true);
  return undefined;
}

async function run(proxy: Proxy, stats: boolean): Promise<void> {
  onInterrupt(() => {
    if (stats) console.error(JSON.stringify(proxy.statistics()));
    proxy.terminate();
  });
  await proxy.run();
}

function socketOf(name: string): Socket & Sending {
  const type = SOCKETS.find((each) => each.name === name);
  if (type === undefined) throw new UsageError(`there is no socket type ${name}`);
  return makeSocket(type);
}
