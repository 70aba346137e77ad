import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ending } from "../../src/engine/ending.ts";
import { Lingering } from "../../src/engine/lingering.ts";
import { Outbox } from "../../src/engine/outbox.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { RawConnection } from "../../src/wire/raw.ts";
import { FakeHost } from "../support/engine-host.ts";
import { MemoryStream } from "../support/memory-transport.ts";

/** A session that the socket let go of, with one message that the kernel takes or does not. */
class Departing {
  readonly host: FakeHost = new FakeHost();
  readonly stream: MemoryStream = new MemoryStream("mem://peer");
  readonly outbox: Outbox = new Outbox(this.stream, new RawConnection(), this.host);
  readonly ends: string[] = [];
  readonly lingering: Lingering;

  constructor(linger: number, blocked: boolean) {
    this.host.lingerTime = linger;
    const near = Pipe.pair({ outLimit: 0, inLimit: 0, conflate: false, far: "session" });
    this.stream.blocked = blocked;
    this.lingering = new Lingering(this, near.far);
    this.outbox.join(near.far);
    near.write([Buffer.from("last words")]);
    this.lingering.begin();
  }

  /** As a session's: safe to call twice. */
  end(why: Ending): void {
    if (this.ends.length === 0) this.ends.push(why.kind);
  }
}

test("a session that was let go of ends when all is with the kernel", () => {
  const session = new Departing(1000, false);
  assert.deepEqual(session.ends, ["finished"]);
  assert.equal(session.host.lingerers, 1, "until it has ended");
  session.lingering.stop();
  session.lingering.over();
  assert.equal(session.host.lingerers, 0);
  assert.equal(session.host.clock.waiting, 0);
});

test("a session whose peer does not read ends when the linger time is over", () => {
  const session = new Departing(1000, true);
  session.host.clock.advance(999);
  assert.deepEqual(session.ends, []);
  session.host.clock.advance(1);
  assert.deepEqual(session.ends, ["linger"]);
});

test("a session that may linger for ever ends once the kernel took what waited", () => {
  const session = new Departing(-1, true);
  session.host.clock.advance(100_000);
  assert.deepEqual(session.ends, []);
  session.stream.unblock();
  assert.deepEqual(session.ends, ["finished"]);
});
