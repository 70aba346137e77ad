import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "../../../src/base/batch.ts";
import { EMPTY, concat, hex, utf8 } from "../../../src/base/bytes.ts";
import { AuthenticationError } from "../../../src/base/errors.ts";
import { nullMechanism } from "../../../src/security/null.ts";
import type { AuthenticationRequest, Verdict } from "../../../src/wire/connection.ts";
import { encodeCommand } from "../../../src/wire/zmtp/command.ts";
import type { ZmtpConnection, ZmtpSettings } from "../../../src/wire/zmtp/connection.ts";
import { COMMAND, encodeFrame } from "../../../src/wire/zmtp/frame.ts";
import type { Mechanism } from "../../../src/wire/zmtp/mechanism.ts";
import { encodeMetadata } from "../../../src/wire/zmtp/metadata.ts";
import { Recorder, feed, feedCut, octets, refused, taken } from "../recorder.ts";
import { GREETING, LIMITS, READY_DEALER, connection } from "./peers.ts";

const judged = (status: Verdict["status"], changes: Partial<Verdict> = {}): Verdict => ({
  status,
  text: "",
  userId: "",
  properties: new Map(),
  ...changes,
});

/** Over NULL, with peers judged before READY. */
function asking(): ZmtpConnection {
  return begun({ mechanism: (metadata) => nullMechanism(metadata, true) });
}

/** A ROUTER's connection that has sent its greeting. */
function begun(changes: Partial<ZmtpSettings> = {}): ZmtpConnection {
  const made = connection("ROUTER", changes);
  made.start(new Batch());
  return made;
}

/** READY with these properties. */
function saying(properties: Record<string, string>): Uint8Array {
  const metadata = encodeMetadata(Object.entries(properties).map(([name, value]) => [name, utf8(value)]));
  return encodeFrame(COMMAND, encodeCommand("READY", metadata));
}

/** Judges in the call in which it is asked. */
class Judge extends Recorder {
  readonly made: ZmtpConnection;
  readonly verdict: Verdict;

  constructor(made: ZmtpConnection, verdict: Verdict) {
    super();
    this.made = made;
    this.verdict = verdict;
  }

  override authenticate(request: AuthenticationRequest): void {
    super.authenticate(request);
    this.made.authenticated(this.verdict, this);
  }
}

test("a connection says what was shown, and looks at nothing until the verdict", () => {
  const made = asking();
  const to = new Recorder();
  feed(made, concat([GREETING, READY_DEALER, octets("00 01 61")]), to);
  assert.deepEqual(to.applicants, [{ mechanism: "NULL", credentials: [] }]);
  feed(made, octets("00 01 62"), to);
  made.resume(to);
  assert.equal(taken(to.output), "");
  assert.deepEqual(to.facts, []);
  made.authenticated(judged(200), to);
  assert.ok(taken(to.output).startsWith("04"));
  assert.equal(to.facts.length, 1);
  assert.deepEqual(
    to.messages.map((message) => message.map(hex)),
    [["61"], ["62"]],
  );
  assert.equal(made.held, 0);
});

test("a verdict in the call that asks for it has the same effect, wherever the peer's bytes are cut", () => {
  const bytes = concat([GREETING, READY_DEALER, octets("00 01 61")]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const made = asking();
    const to = new Judge(made, judged(200));
    feedCut(made, bytes, [cut], to);
    assert.equal(to.facts.length, 1, `cut at ${cut}`);
    assert.deepEqual(
      to.messages.map((message) => message.map(hex)),
      [["61"]],
    );
  }
});

test("RFC 27: 400 and 500 are told to the peer by their digits, 300 is not; all three end the connection", () => {
  for (const [status, told] of [
    [300, ""],
    [400, "040a054552524f5203343030"],
    [500, "040a054552524f5203353030"],
  ] as const) {
    const made = asking();
    const to = new Recorder();
    feed(made, concat([GREETING, READY_DEALER]), to);
    assert.throws(
      () => made.authenticated(judged(status, { text: "no such user" }), to),
      (error) => error instanceof AuthenticationError && error.status === status && /no such user/.test(error.reason),
    );
    assert.equal(taken(to.output), told);
    feed(made, octets("00 01 61"), to);
    assert.deepEqual(to.facts, []);
    assert.equal(made.held, 0);
  }
});

test("a refusal in the call that asks ends that call, and nothing behind it is read", () => {
  const made = asking();
  const to = new Judge(made, judged(400));
  assert.throws(() => feed(made, concat([GREETING, READY_DEALER]), to), AuthenticationError);
  assert.deepEqual(to.facts, []);
  assert.equal(made.held, 0);
});

test("verdicts that nobody asked for, and second ones, change nothing", () => {
  const made = asking();
  const to = new Recorder();
  made.authenticated(judged(400), to);
  feed(made, concat([GREETING, READY_DEALER]), to);
  made.authenticated(judged(200), to);
  made.authenticated(judged(400), to);
  assert.equal(to.facts.length, 1);
});

test("what a peer may send before its verdict is bounded", () => {
  const made = asking();
  const to = new Recorder();
  feed(made, GREETING, to);
  feed(made, concat([READY_DEALER, new Uint8Array(LIMITS.maxHandshakeSize - READY_DEALER.length)]), to);
  refused("ERR_ZMTP_TOO_BIG", () => feed(made, Uint8Array.of(0), to));
  assert.equal(made.held, 0);
});

test("RFC 27: user id and metadata of the verdict are the peer's properties, and go before what it says itself", () => {
  const made = asking();
  const said = saying({ "Socket-Type": "DEALER", "X-A": "1", "X-B": "2", "user-id": "root" });
  const to = new Judge(
    made,
    judged(200, {
      userId: "joe",
      properties: new Map([
        ["x-a", "3"],
        ["Group", "staff"],
      ]),
    }),
  );
  feed(made, concat([GREETING, said]), to);
  assert.deepEqual(Object.fromEntries(to.facts[0]?.properties ?? []), {
    "x-a": "3",
    Group: "staff",
    "User-Id": "joe",
    "Socket-Type": "DEALER",
    "X-B": "2",
  });
});

test("nobody but whoever judges says who a peer is", () => {
  const made = begun();
  const to = new Recorder();
  feed(made, concat([GREETING, saying({ "User-Id": "root", "USER-ID": "root" })]), to);
  assert.deepEqual(Object.fromEntries(to.facts[0]?.properties ?? []), {});
});

test("RFC 27: a peer's ERROR with three digits is a verdict on this side", () => {
  const error = (digits: string): Uint8Array => concat([GREETING, octets("04 0a 05 4552524f52 03"), utf8(digits)]);
  for (const status of [300, 400, 500] as const) {
    assert.throws(
      () => feed(connection(), error(String(status)), new Recorder()),
      (thrown) => thrown instanceof AuthenticationError && thrown.status === status,
    );
  }
  refused("ERR_ZMTP_PEER_ERROR", () => feed(connection(), error("200"), new Recorder()));
});

test("a mechanism goes on as its steps say", () => {
  const stepping: Mechanism = {
    name: "NULL",
    chosenBy: "",
    begin: () => ({ kind: "continue", send: [] }),
    handle: () => ({
      kind: "continue",
      send: [
        { name: "B", data: EMPTY },
        { name: "C", data: EMPTY },
      ],
    }),
  };
  const to = new Recorder();
  const made = begun({ mechanism: () => stepping });
  feed(made, concat([GREETING, octets("04 02 01 41")]), to);
  assert.equal(taken(to.output), "0402014204020143");
});
