import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ProtocolError, ZmqError } from "../../src/base/errors.ts";
import { judge, whoIs } from "../../src/engine/admission.ts";
import type { Ending } from "../../src/engine/ending.ts";
import type { Applicant, NoVerdict } from "../../src/engine/host.ts";
import { pipeSettings } from "../../src/engine/pipes.ts";
import { Session, type SessionOwner } from "../../src/engine/session.ts";
import type { AuthError, ErrnoError } from "../../src/observe/events.ts";
import type { Options } from "../../src/options/table.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { Verdict } from "../../src/wire/connection.ts";
import { FakeHost, settings, type Question } from "../support/engine-host.ts";
import { MemoryStream } from "../support/memory-transport.ts";
import { octets } from "../wire/recorder.ts";

const GREETING = octets(
  `ff 0000000000000001 7f 03 01 ${Buffer.from("PLAIN".padEnd(20, "\0")).toString("hex")} ${"00".repeat(32)}`,
);
/** RFC 24, user "admin", password "secret". */
const HELLO = octets("04 13 05 48454c4c4f 05 61646d696e 06 736563726574");
const INITIATE = octets("04 1f 08 494e495449415445 0b 536f636b65742d54797065 00000006 524f55544552");
const WELCOME = "040807" + "57454c434f4d45";
const ERROR_400 = "040a05" + "4552524f52" + "03343030";

const OK: Verdict = { status: 200, text: "", userId: "joe", properties: new Map([["X-Team", "red"]]) };

/** The session of a DEALER that is a PLAIN server, up to the question whether the peer may come in. */
class Scene implements SessionOwner {
  readonly endpoint = "mem://here";
  readonly dialed = false;
  readonly cautious = false;
  readonly host: FakeHost = new FakeHost();
  readonly stream: MemoryStream = new MemoryStream("mem://peer");
  readonly session: Session;
  readonly ends: Ending[] = [];
  readonly #settings: ReturnType<typeof settings>;

  constructor(changes: Partial<Options> = {}, atOnce: Verdict | null = null) {
    this.host.verdict = atOnce;
    this.#settings = settings({ securityMechanism: "plain", plainServer: true, ...changes });
    this.session = new Session(this.host, this.#settings, this, this.stream);
    this.session.begin();
    this.host.pass(10); // it greets who says nothing
    this.stream.arrive(GREETING, HELLO);
    this.stream.taken();
    this.host.turn();
  }

  join(): Pipe {
    const near = Pipe.pair(pipeSettings(this.#settings));
    this.host.attach(near);
    return near.far;
  }

  ended(_session: Session, why: Ending): void {
    this.ends.push(why);
    for (const pipe of this.host.pipes) pipe.far.finish("peer-lost");
  }

  get question(): Question {
    const [question, ...more] = this.host.applicants;
    assert.ok(question !== undefined && more.length === 0, "one question was asked");
    return question;
  }

  answer(outcome: Verdict | NoVerdict): void {
    this.question.answer(outcome);
    this.host.turn();
  }

  /** How it ended; nothing of it is left. */
  get end(): string {
    assert.equal(this.ends.length, 1, "it ended once");
    this.host.checkOver(0);
    return this.ends[0]?.kind ?? "";
  }
}

const denied = (status: 300 | 400 | 500): Verdict => ({ ...OK, status, text: "because" });

test("the host is told who the peer is and where it comes from, and nothing is read meanwhile", () => {
  const scene = new Scene({ zapDomain: "test", routingId: octets("53") });
  const { applicant } = scene.question;
  assert.deepEqual(applicant.credentials.map(String), ["admin", "secret"]);
  const { mechanism, domain, address, strict } = applicant;
  assert.deepEqual(
    { mechanism, domain, address, strict },
    { mechanism: "PLAIN", domain: "test", address: "10.0.0.2", strict: true },
  );
  assert.deepEqual([...applicant.routingId], [0x53]);
  assert.equal(scene.stream.paused, true);
  assert.equal(scene.stream.taken(), "");
});

for (const when of ["at once", "later"] as const) {
  test(`200 ${when}: the handshake goes on, and the peer has its properties`, () => {
    const scene = new Scene({}, when === "at once" ? OK : null);
    if (when === "later") {
      scene.host.pass(1000);
      scene.answer(OK);
    }
    assert.equal(scene.stream.paused, false);
    assert.equal(scene.stream.taken(), WELCOME);
    scene.stream.arrive(INITIATE);
    scene.host.turn();
    const { properties, mechanism } = scene.host.pipe.peer ?? { properties: new Map(), mechanism: "" };
    assert.equal(mechanism, "PLAIN");
    assert.equal(properties.get("User-Id"), "joe");
    assert.equal(properties.get("X-Team"), "red");
    assert.equal(scene.host.told(), "handshake");
    scene.session.end({ kind: "finished", reason: "over" });
    assert.equal(scene.end, "finished");
  });
}

test("a verdict inside the call of authenticate does not act before the call is over", () => {
  const host = new FakeHost();
  host.verdict = OK;
  const outcomes: unknown[] = [];
  const applicant: Applicant = {
    mechanism: "NULL",
    credentials: [],
    domain: "",
    address: "",
    routingId: octets(""),
    strict: false,
  };
  judge(host, applicant, (outcome) => outcomes.push(outcome));
  assert.deepEqual(outcomes, []);
  host.turn();
  assert.deepEqual(outcomes, [OK]);
});

const REFUSALS = [
  { status: 300, sent: "", when: "at once" },
  { status: 400, sent: ERROR_400, when: "at once" },
  { status: 500, sent: ERROR_400.replace("343030", "353030"), when: "at once" },
] as const;

for (const { status, sent, when } of [...REFUSALS, ...REFUSALS.map((each) => ({ ...each, when: "later" }))]) {
  test(`${status} ${when}: ${sent === "" ? "nothing" : "ERROR"} is sent, and events and counters say so`, () => {
    const scene = new Scene({ zapDomain: "test" }, when === "at once" ? denied(status) : null);
    if (when === "later") scene.answer(denied(status));
    assert.equal(scene.stream.taken(), sent);
    assert.equal(scene.stream.over, "end");
    const [event] = scene.host.events;
    assert.equal(event?.type, "handshake:error:auth");
    assert.equal((event?.fields.error as AuthError | undefined)?.status, status);
    assert.match(event?.fields.reason ?? "", /because \[PLAIN, user "admin", domain "test", from 10.0.0.2\]/);
    assert.doesNotMatch(JSON.stringify(scene.host.events), /secret/);
    assert.equal(scene.host.told(), "handshake:error:auth, disconnect");
    assert.equal(scene.host.connections.handshakeAuth, 1);
    assert.equal(scene.end, "denied");
  });
}

test("nobody could judge: the connection is closed without a word, which is no verdict", () => {
  const scene = new Scene();
  scene.answer({ error: new ZmqError("EFAULT"), reason: "nobody is there" });
  assert.equal(scene.stream.taken(), "");
  assert.equal((scene.host.events[0]?.fields.error as ErrnoError | undefined)?.errno, 14);
  assert.equal(scene.host.told(), "handshake:error:other, disconnect");
  assert.equal(scene.host.connections.handshakeUnjudged, 1);
  assert.equal(scene.end, "unjudged");
});

test("a handler that breaks the protocol is a protocol error", () => {
  const scene = new Scene();
  scene.answer({ error: new ProtocolError("ERR_ZAP_BAD_VERSION"), reason: "another version" });
  assert.equal(scene.host.told(), "handshake:error:protocol, disconnect");
  assert.equal(scene.host.connections.handshakeProtocol, 1);
  assert.equal(scene.end, "protocol");
});

describe("while nobody has answered", () => {
  test("the time limit of the handshake goes on running", () => {
    const scene = new Scene({ handshakeInterval: 1000 });
    scene.host.pass(989);
    assert.equal(scene.ends.length, 0);
    scene.host.pass(1);
    assert.match(
      scene.ends[0]?.reason ?? "",
      /no verdict on the peer \(PLAIN, user "admin", from 10.0.0.2\) in 1000 ms/,
    );
    assert.equal(scene.question.cancelled, true);
    assert.equal(scene.end, "timeout");
    assert.equal(scene.host.connections.handshakeTimeout, 1);
  });

  test("the peer may vanish", () => {
    const scene = new Scene();
    scene.stream.vanish();
    assert.equal(scene.question.cancelled, true);
    assert.equal(scene.end, "lost");
    scene.answer(OK);
    assert.equal(scene.stream.taken(), "");
  });

  test("the socket may let go of the endpoint", () => {
    const scene = new Scene();
    scene.session.end({ kind: "finished", reason: "closed" });
    assert.equal(scene.question.cancelled, true);
    scene.answer(denied(400));
    assert.equal(scene.host.told(), "");
    assert.equal(scene.end, "finished");
  });

  test("what the peer sends ahead waits, and counts for nothing if it does not pass", () => {
    const scene = new Scene();
    scene.stream.arrive(INITIATE);
    scene.host.turn();
    assert.equal(scene.host.pipes.length, 0);
    scene.answer(denied(400));
    assert.equal(scene.host.pipes.length, 0);
    assert.equal(scene.end, "denied");
  });

  test("what the peer sent ahead is read once it passes", () => {
    const scene = new Scene();
    scene.stream.arrive(INITIATE);
    scene.answer(OK);
    scene.stream.arrive();
    scene.host.turn();
    assert.equal(scene.host.told(), "handshake");
    scene.session.end({ kind: "finished", reason: "over" });
    assert.equal(scene.end, "finished");
  });
});

test("a question that nobody answers any more holds nothing of its peer", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // a function since the flag
  const host = new FakeHost();
  const peer = forgottenPeer(host);
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  assert.equal(peer.deref(), undefined);
  assert.equal(host.applicants.length, 1);
});

/** A peer whose question was taken back; whoever is asked keeps it. */
function forgottenPeer(host: FakeHost): WeakRef<object> {
  const peer = { verdicts: 0 };
  const applicant = {
    mechanism: "NULL",
    credentials: [],
    domain: "",
    address: "",
    routingId: octets(""),
    strict: false,
  };
  const cancel = judge(host, applicant, () => peer.verdicts++);
  cancel();
  return new WeakRef(peer);
}

test("only the first answer counts", () => {
  const scene = new Scene();
  const { answer } = scene.question;
  answer(denied(400));
  answer(OK);
  scene.host.turn();
  answer(OK);
  scene.host.turn();
  assert.equal(scene.end, "denied");
});

test("who was judged is told without the password, and binary names as hexadecimal digits", () => {
  const applicant = { domain: "", address: "", routingId: octets(""), strict: true };
  assert.equal(
    whoIs({ ...applicant, mechanism: "PLAIN", credentials: [octets("00ff"), octets("616263")] }),
    "PLAIN, user 0x00ff",
  );
  assert.match(
    whoIs({ ...applicant, mechanism: "CURVE", credentials: [octets("bb88471d".repeat(8))] }),
    /^CURVE, key Yne@\$/,
  );
  assert.equal(whoIs({ ...applicant, mechanism: "NULL", credentials: [], address: "::1" }), "NULL, from ::1");
});
