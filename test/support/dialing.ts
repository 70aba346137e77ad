import assert from "node:assert/strict";
import { ZmqError } from "../../src/base/errors.ts";
import { Dialer } from "../../src/engine/dialer.ts";
import type { Options } from "../../src/options/table.ts";
import { FakeHost, settings } from "./engine-host.ts";
import { MemoryTransport, type MemoryStream } from "./memory-transport.ts";
import { hello } from "./peer-bytes.ts";

export const REFUSED: ZmqError = new ZmqError("ECONNREFUSED");

/** A DEALER's dialer, on a manual clock and without a network. */
export class Dialing {
  readonly host: FakeHost = new FakeHost();
  readonly transport: MemoryTransport = new MemoryTransport();
  readonly dialer: Dialer;

  constructor(changes: Partial<Options> = {}) {
    const target = { transport: this.transport, endpoint: "mem://there" };
    this.dialer = new Dialer(this.host, settings(changes), target);
    this.dialer.start();
  }

  /** The attempt under way succeeds, and the peer does its handshake. */
  answered(peer = "ROUTER"): MemoryStream {
    const stream = this.transport.attempt.opens();
    this.host.turn();
    stream.arrive(hello(peer));
    this.host.turn();
    stream.taken();
    return stream;
  }

  /** How long it waited before it dialed again: time passes until it does. */
  waited(): number {
    const { clock } = this.host;
    const from = clock.now();
    const before = this.transport.attempts.length;
    while (this.transport.attempts.length === before) {
      assert.ok(clock.waiting > 0, "it waits for something");
      clock.advance(1);
    }
    return clock.now() - from;
  }

  refusals(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.transport.attempt.fails(REFUSED);
      return this.waited();
    });
  }

  end(): void {
    this.dialer.abort();
    this.host.checkOver(1);
  }
}
