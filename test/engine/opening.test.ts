import assert from "node:assert/strict";
import { test } from "node:test";
import { ending, type Ending } from "../../src/engine/ending.ts";
import { Opening, type Opener } from "../../src/engine/opening.ts";
import type { Options } from "../../src/options/table.ts";
import type { Verdict } from "../../src/wire/connection.ts";
import { FakeHost, settings } from "../support/engine-host.ts";

const PASSES: Verdict = { status: 200, text: "", userId: "alice", properties: new Map() };

/** An opening, and what it asked of its session. */
class Asked implements Opener {
  readonly peerAddress = "192.0.2.1";
  readonly host: FakeHost = new FakeHost();
  readonly opening: Opening;
  readonly ends: Ending[] = [];
  readonly verdicts: Verdict[] = [];
  proceeded = 0;

  constructor(changes: Partial<Options> = {}) {
    this.opening = new Opening(this.host, settings(changes), this);
  }

  proceed(): void {
    this.proceeded++;
  }

  judged(verdict: Verdict): void {
    this.verdicts.push(verdict);
  }

  end(why: Ending): void {
    this.ends.push(why);
  }
}

test("a handshake that is not done within its time limit ends, and one without a limit does not", () => {
  const limited = new Asked({ handshakeInterval: 500 });
  limited.opening.begin();
  limited.host.clock.advance(499);
  assert.deepEqual(limited.ends, []);
  limited.host.clock.advance(1);
  assert.deepEqual(limited.ends, [ending("timeout", "no handshake in 500 ms")]);
  const unlimited = new Asked({ handshakeInterval: 0 });
  unlimited.opening.begin();
  assert.equal(unlimited.host.clock.waiting, 0);
});

test("a peer that says nothing is waited for 10 ms, and one that speaks is waited for anew when asked", () => {
  const waiting = new Asked();
  waiting.opening.waitForPeer();
  waiting.host.clock.advance(9);
  waiting.opening.heard(10);
  waiting.host.clock.advance(100);
  assert.equal(waiting.proceeded, 0);
  waiting.opening.waitForPeer();
  waiting.host.clock.advance(10);
  assert.equal(waiting.proceeded, 1);
  assert.equal(waiting.opening.bytesIn, 10);
  assert.equal(waiting.host.clock.waiting, 0);
});

test("whoever judges is told of the peer, and the handshake goes on with the verdict at the end of the turn", () => {
  const asked = new Asked({ zapDomain: "home", routingId: Buffer.from("me") });
  asked.opening.authenticate({ mechanism: "PLAIN", credentials: [Buffer.from("alice"), Buffer.from("secret")] });
  const [question] = asked.host.applicants;
  assert.equal(question?.applicant.domain, "home");
  assert.equal(question.applicant.address, "192.0.2.1");
  assert.equal(question.applicant.strict, true);
  assert.match(asked.opening.applicant, /PLAIN, user "alice", domain "home", from 192.0.2.1/);
  question.answer(PASSES);
  assert.deepEqual(asked.verdicts, []);
  asked.host.turn();
  assert.deepEqual(asked.verdicts, [PASSES]);
  assert.equal(asked.opening.applicant, "NULL, without credentials");
});

test("a question without an answer ends it, for a reason that names the peer", () => {
  const asked = new Asked({ zapDomain: "home" });
  asked.opening.authenticate({ mechanism: "NULL", credentials: [] });
  asked.host.applicants[0]?.answer({ error: new Error("gone"), reason: "nobody is there" });
  asked.host.turn();
  assert.deepEqual(
    asked.ends.map(({ kind, reason }) => [kind, reason]),
    [["unjudged", 'nobody is there [NULL, domain "home", from 192.0.2.1]']],
  );
});

test("once stopped, it waits for nothing and asks nobody", () => {
  const asked = new Asked({ handshakeInterval: 500, zapDomain: "home" });
  asked.opening.begin();
  asked.opening.waitForPeer();
  asked.opening.authenticate({ mechanism: "NULL", credentials: [] });
  asked.opening.stop();
  assert.equal(asked.host.clock.waiting, 0);
  assert.equal(asked.host.applicants[0]?.cancelled, true);
  asked.host.applicants[0].answer(PASSES);
  asked.host.turn();
  assert.deepEqual([asked.verdicts, asked.ends, asked.proceeded], [[], [], 0]);
});
