import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import type { Socket } from "../../src/index.ts";
import { Publisher } from "../../src/index.ts";
import type { AuthenticationRequest } from "../../src/sockets/authenticator.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE, PLAIN, secure, type Security } from "../support/securities.ts";
import { telling } from "./good-client.ts";
import { hostileHost } from "./hostile-host.ts";
import { HostilePeer } from "./hostile-peer.ts";
import { serve } from "./service.ts";
import { SHAKING, ShakingPeer, answering, curveLoaded, faultsIn, type Fault } from "./shaking-peer.ts";
import { alone, make, withVictim } from "./victim.ts";

/** ms for a handshake: what is cut off waits so long. */
const PATIENCE = 700;

/** How many peers are at it at a time. */
const AT_ONCE = 200;

const MECHANISMS = [PLAIN, CURVE] as const;

before(curveLoaded);

/** Begins one connection that has this fault, or none. */
type Attempt = (fault: Fault | null) => Promise<ShakingPeer>;

function sidesOf({ name }: Security): (typeof SHAKING)["PLAIN"] {
  return SHAKING[name as "PLAIN"]; // or CURVE
}

/** Goes through the faults with so many peers at a time; `good` is served all the while. Returns those that were let in. */
async function letIn(faults: readonly Fault[], attempt: Attempt, good: () => Promise<void>): Promise<Fault[]> {
  const entered: Fault[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < faults.length; number = next++) {
      const fault = faults[number] as Fault; // in bounds
      const began = performance.now();
      const peer = await attempt(fault);
      if (await peer.settled()) entered.push(fault);
      else assert.ok(performance.now() - began < PATIENCE + 2500, `${fault.name}: it was not closed in time`);
      peer.peer.close();
    }
  };
  let working = true;
  const beside = async (): Promise<void> => {
    while (working) await good();
  };
  const served = beside();
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => (working = false));
  await served;
  return entered;
}

/** The greeting's octets that mean nothing to a peer of this version: padding, minor version, as-server, filler. */
const IDLE = (at: number): boolean => (at > 0 && at < 12) || at >= 32;

/**
 * Where a fault may pass: in a greeting's idle octets, and in PLAIN, which protects nothing, in what the peer says of itself
 * (part 2, after HELLO or WELCOME).
 */
function mayPass(mechanism: Security["name"], { part, at = -1 }: Fault): boolean {
  if (part === 0) return IDLE(at);
  return mechanism === "PLAIN" && part === 2;
}

/** Commands that come twice, too early, or never. */
function disorder(parts: readonly Uint8Array[]): Fault[] {
  const [, first, second] = parts as [Uint8Array, Uint8Array, Uint8Array]; // the greeting and two commands
  return [
    { name: "the first command twice", part: 1, change: (bytes) => concat([bytes, bytes]) },
    { name: "the second command twice", part: 2, last: true, change: (bytes) => concat([bytes, bytes]) },
    { name: "the second command, of another handshake, in the place of the first", part: 1, change: () => second },
    {
      name: "the second command, of another handshake, before the first",
      part: 1,
      change: (bytes) => concat([second, bytes]),
    },
    { name: "the first command in the place of the second", part: 2, change: () => first },
  ];
}

/** All that was said in another handshake. */
function replays(parts: readonly Uint8Array[]): Fault[] {
  const [greeting, first, second] = parts as [Uint8Array, Uint8Array, Uint8Array]; // likewise
  return [
    { name: "all at once", part: 0, last: true, change: () => concat([greeting, first, second]) },
    { name: "the second command", part: 2, change: () => second },
    { name: "the first command", part: 1, change: () => first },
  ];
}

/** It comes when the handshake is done, and whoever sent it was let in before. */
const AFTER_ALL = "the second command twice";

function authentic({ mechanism, username, password }: AuthenticationRequest): boolean {
  return mechanism === "CURVE" || (username === "alice" && password === "open sesame");
}

describe("test_bind_curve_fuzzer: a client with any fault in any octet of its handshake is not let in, and the good one is served", () => {
  for (const security of MECHANISMS) {
    test(`at a ${security.name} server`, () =>
      withVictim(
        "PULL",
        { handshakeInterval: PATIENCE, backlog: 1024 },
        async (victim) => {
          victim.socket.authenticate(authentic);
          const { client } = sidesOf(security);
          const attempt: Attempt = (fault) => ShakingPeer.connect(victim.endpoint, client, "PUSH", fault);
          const honest = await attempt(null);
          assert.ok(await honest.settled());
          honest.peer.close();
          const octets = await letIn(faultsIn(honest.parts), attempt, () => victim.client.served());
          assert.deepEqual(
            octets.filter((fault) => !mayPass(security.name, fault)).map(({ name }) => name),
            [],
          );
          const others = [...disorder(honest.parts), ...(security === CURVE ? replays(honest.parts) : [])];
          const passed = await letIn(others, attempt, () => victim.client.served());
          assert.deepEqual(
            passed.map(({ name }) => name).filter((name) => name !== AFTER_ALL),
            [],
          );
          await alone(victim);
          assert.equal(victim.socket.stats().handshakeUnjudged, 0);
        },
        security,
      ));
  }
});

/** A socket that dials, the endpoints it has left, and a good server that it must go on to hear. */
async function dialer(
  security: Security,
): Promise<{ socket: Socket; served(): Promise<void>; close(): Promise<void> }> {
  const heard = new Set<string>();
  const socket = make("SUB", { reconnectInterval: -1, handshakeInterval: PATIENCE });
  secure(socket, security, "client");
  (socket as { subscribe?(): void }).subscribe?.(); // a SUB has it
  serve(socket, "SUB", (token) => heard.add(token));
  const publisher = new Publisher({ linger: 0 });
  secure(publisher, security, "server");
  publisher.bindSync("tcp://127.0.0.1:*");
  socket.connect(publisher.lastEndpoint ?? "");
  const good = telling(publisher, (token) => heard.delete(token));
  await good.served();
  const close = async (): Promise<void> => {
    good.close();
    socket.close();
    await socket.ended();
  };
  return { socket, served: () => good.served(), close };
}

/** A host that greets each who dials with the next fault; the socket dials it under as many endpoints as it is asked to. */
async function dialing(socket: Socket, security: Security): Promise<{ dial: Attempt; close(): void }> {
  const { server } = sidesOf(security);
  const waiting: { fault: Fault | null; there(peer: ShakingPeer): void }[] = [];
  const host = await hostileHost((stream) => {
    const first = waiting.shift();
    first?.there(answering(new HostilePeer(stream), server, "PUB", first.fault));
  });
  let dials = 0;
  const dial = (fault: Fault | null): Promise<ShakingPeer> => {
    const address = `127.1.${dials >> 8}.${dials++ & 255}`;
    return new Promise((there) => {
      waiting.push({ fault, there });
      socket.connect(`tcp://${address}:${host.port}`);
    });
  };
  return { dial, close: () => host.close() };
}

describe("test_connect_curve_fuzzer: a server with any fault in any octet of its handshake is not taken for one, and the good one is heard", () => {
  for (const security of MECHANISMS) {
    test(`by a ${security.name} client`, async () => {
      const { socket, served, close } = await dialer(security);
      const { dial, close: closeHost } = await dialing(socket, security);
      try {
        const honest = await dial(null);
        assert.ok(await honest.settled());
        honest.peer.close();
        const octets = await letIn(faultsIn(honest.parts), dial, served);
        assert.deepEqual(
          octets.filter((fault) => !mayPass(security.name, fault)).map(({ name }) => name),
          [],
        );
        const others = [...disorder(honest.parts), ...(security === CURVE ? replays(honest.parts) : [])];
        const passed = await letIn(others, dial, served);
        assert.deepEqual(
          passed.map(({ name }) => name).filter((name) => name !== AFTER_ALL),
          [],
        );
        await until("all but the good one to be gone", () => socket.stats().peers === 1);
      } finally {
        closeHost();
        await close();
      }
    });
  }
});
