import { fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Pull, Request, type Socket } from "../../index.ts";
import { PARTNERS, type PartnerName } from "./partners.ts";

/** Beside this file; by the name of the folder it is found from a bundle too. */
const PARTNER = fileURLToPath(new URL(`../bench/partner${path.extname(import.meta.url)}`, import.meta.url));

/** Messages between two looks at the clock. */
const LOOK_EVERY = 64;

/** Not measured, while code is being compiled: part of the whole time. */
const WARM_UP = 0.2;

/** What to measure. */
export interface Task {
  /** To bind: a wildcard, where the transport has them. */
  readonly address: string;
  /** Bytes of a message. */
  readonly size: number;
  readonly seconds: number;
}

/** What came of it. Latencies are of a round trip. */
export interface Result {
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  readonly p50Micros?: number;
  readonly p99Micros?: number;
}

export type Measure = (task: Task) => Promise<Result>;

/** Every pattern that is measured. */
export const MEASURES: Readonly<Record<string, Measure>> = { "push-pull": pushPull, "req-rep": reqRep };

/** How many messages a second one process takes from another. */
async function pushPull({ address, size, seconds }: Task): Promise<Result> {
  const pull = new Pull();
  await pull.bind(address);
  const stop = startPartner("push", pull.lastEndpoint ?? address, size);
  let count = 0;
  let began = 0;
  let now = 0;
  const warmUp = performance.now() + seconds * WARM_UP * 1000;
  for await (const _ of pull) {
    if (++count % LOOK_EVERY !== 0) continue;
    now = performance.now();
    if (began === 0 && now >= warmUp) [began, count] = [now, 0];
    if (began > 0 && now - began >= seconds * (1 - WARM_UP) * 1000) break;
  }
  await end(pull, stop);
  const perSecond = (count / (now - began)) * 1000;
  return { perSecond, bytesPerSecond: perSecond * size };
}

/** How long a request and its reply take. */
async function reqRep({ address, size, seconds }: Task): Promise<Result> {
  const request = new Request({ linger: 0 });
  await request.bind(address);
  const stop = startPartner("reply", request.lastEndpoint ?? address, size);
  const message = Buffer.alloc(size, 1);
  const times: number[] = [];
  await request.ready();
  const warmUp = performance.now() + seconds * WARM_UP * 1000;
  const last = warmUp + seconds * (1 - WARM_UP) * 1000;
  for (let now = performance.now(); now < last;) {
    const began = now;
    await request.send(message);
    await request.receive();
    now = performance.now();
    if (began >= warmUp) times.push(now - began);
  }
  await end(request, stop);
  times.sort((one, other) => one - other);
  const perSecond = (times.length / (last - warmUp)) * 1000;
  return {
    perSecond,
    bytesPerSecond: perSecond * size * 2,
    p50Micros: percentile(times, 0.5),
    p99Micros: percentile(times, 0.99),
  };
}

/** In a process of its own, but for inproc; returns how to stop it. */
function startPartner(name: PartnerName, address: string, size: number): () => Promise<void> {
  if (address.startsWith("inproc:")) {
    const socket = PARTNERS[name](address, size);
    return () => socket[Symbol.asyncDispose]();
  }
  const child = fork(PARTNER, [name, address, String(size)]);
  return () =>
    new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.disconnect();
    });
}

async function end(socket: Socket, stop: () => Promise<void>): Promise<void> {
  socket.close();
  await stop();
  await socket.ended();
}

function percentile(sorted: readonly number[], part: number): number {
  return (sorted[Math.floor(sorted.length * part)] ?? 0) * 1000;
}
