import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Batch } from "../../src/base/batch.ts";
import { concat, copyOf, hex, utf8, view } from "../../src/base/bytes.ts";
import { ProtocolError } from "../../src/base/errors.ts";
import { COMMAND, MORE, readHeader } from "../../src/wire/zmtp/frame.ts";
import type { Command, Mechanism, Step } from "../../src/wire/zmtp/mechanism.ts";
import { encodeMetadata } from "../../src/wire/zmtp/metadata.ts";

/** One side of a mechanism, to be tested against the other. Both come out the same each time. */
export interface MechanismSubject {
  readonly name: string;
  make(metadata: Uint8Array): Mechanism;
  peer(metadata: Uint8Array): Mechanism;
  /** Commands of the peer that have one size only. */
  readonly exact: readonly string[];
  /** Whether each octet of what the peer says is protected. */
  readonly sealed: boolean;
}

/** What the two sides say of themselves. */
const OWN = encodeMetadata([["Socket-Type", utf8("ROUTER")]]);
const PEERS = encodeMetadata([
  ["Socket-Type", utf8("DEALER")],
  ["Identity", utf8("a")],
]);

const COMMANDS = ["HELLO", "WELCOME", "INITIATE", "READY", "MESSAGE", "SUBSCRIBE", "PING", "hello", "", "__proto__"];

/** A dialog that came to its end. */
interface Dialog {
  readonly own: Mechanism;
  readonly peer: Mechanism;
  /** What the peer sent, in order. */
  readonly heard: readonly Command[];
  /** How often whoever judges was asked by `own`. */
  readonly asked: number;
  readonly metadata: Uint8Array | null;
}

/** What every mechanism must hold to, on both sides. */
export function mechanismSuite(subject: MechanismSubject): void {
  describe(subject.name, () => {
    handshakeTests(subject);
    if (subject.sealed) {
      sealedHandshakeTests(subject);
      trafficTests(subject);
    }
  });
}

function handshakeTests(subject: MechanismSubject): void {
  test("comes to its end, and gives what the peer says of itself", () => {
    assert.equal(hex(dialog(subject).metadata ?? OWN), hex(PEERS));
  });

  test("refuses every command but the one whose turn it is", () => {
    const { heard } = dialog(subject);
    for (let turn = 0; turn < heard.length; turn++) {
      for (const name of COMMANDS.filter((other) => other !== heard[turn]?.name)) {
        refused(upTo(subject, turn), { name, data: heard[turn]?.data ?? OWN }, "ERR_ZMTP_UNEXPECTED_COMMAND");
      }
    }
  });

  test("refuses to hear any command twice", () => {
    const { heard } = dialog(subject);
    // The last one of them ends the handshake: after it, the connection asks no more.
    for (let turn = 0; turn < heard.length - 1; turn++) {
      refused(upTo(subject, turn + 1), heard[turn] as Command); // in bounds
    }
  });

  test("refuses commands that are cut off anywhere, or have more than belongs to them", () => {
    for (const [turn, { name, data }] of dialog(subject).heard.entries()) {
      if (!subject.exact.includes(name)) continue;
      for (let size = 0; size < data.length; size++) {
        refused(upTo(subject, turn), { name, data: view(data, 0, size) });
      }
      refused(upTo(subject, turn), { name, data: concat([data, Uint8Array.of(0)]) });
    }
  });

  test("is not moved by what an own command that is sent back to it says", () => {
    const { heard } = dialog(subject);
    for (const command of upToEnd(subject)) {
      if (command.name !== heard[0]?.name) refused(upTo(subject, 0), command);
    }
  });
}

function sealedHandshakeTests(subject: MechanismSubject): void {
  test("refuses each command in which any bit of any octet was changed", () => {
    for (const [turn, { name, data }] of dialog(subject).heard.entries()) {
      for (let at = 0; at < data.length; at++) {
        const changed = copyOf(data);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        refused(upTo(subject, turn), { name, data: changed });
      }
    }
  });
}

function trafficTests(subject: MechanismSubject): void {
  test("opens what the peer sealed: any flags, any size", () => {
    const { own, peer } = dialog(subject);
    for (const size of [0, 1, 15, 16, 31, 32, 63, 64, 255, 256, 767, 768, 32_000, 32_735, 32_736, 65_536, 200_003]) {
      const body = Uint8Array.from({ length: size }, (_, at) => at * 7);
      for (const flags of [0, MORE, COMMAND]) {
        const opened = own.open?.(...frameOf(peer, flags, body));
        assert.equal(opened?.flags, flags);
        assert.deepEqual(Buffer.from(opened?.body ?? []), Buffer.from(body));
      }
    }
  });

  test("refuses a frame that is cut off anywhere, or in which any bit of any octet was changed", () => {
    for (const size of [0, 40, 33_000]) {
      const length = size + 33;
      const step = size > 1000 ? 911 : 1;
      for (let at = 0; at < length; at += step) {
        damaged(subject, size, (frame) => view(frame, 0, at));
        damaged(subject, size, (frame) => Uint8Array.from(frame).with(at, (frame[at] ?? 0) ^ (1 << (at % 8))));
      }
      damaged(subject, size, (frame) => concat([frame, Uint8Array.of(0)]));
    }
  });

  test("refuses a frame that comes again, and one that comes after a later one", () => {
    const { own, peer } = dialog(subject);
    const [first, second, third] = [1, 2, 3].map((octet) => frameOf(peer, 0, Uint8Array.of(octet))[1]);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    own.open?.(0, copyOf(first));
    own.open?.(0, copyOf(third));
    for (const late of [first, second, third]) wrong(() => own.open?.(0, copyOf(late)), "ERR_ZMTP_INVALID_SEQUENCE");
  });

  test("refuses what this side sealed itself, another connection's traffic, and clear text", () => {
    const { own, peer } = dialog(subject);
    const [, mine] = frameOf(own, 0, utf8("mine"));
    // Its nonce is made a later one, so that this is not what it fails for.
    mine[8] = 1;
    wrong(() => own.open?.(0, mine), "ERR_ZMTP_CRYPTOGRAPHIC");
    wrong(() => own.open?.(0, utf8("clear")), "ERR_ZMTP_UNEXPECTED_COMMAND");
    wrong(() => own.open?.(0, new Uint8Array(0)), "ERR_ZMTP_UNEXPECTED_COMMAND");
    const [, theirs] = frameOf(peer, 0, utf8("theirs"));
    for (const flags of [MORE, COMMAND, MORE | COMMAND]) {
      wrong(() => own.open?.(flags, copyOf(theirs)), "ERR_ZMTP_MALFORMED_COMMAND_MESSAGE");
    }
  });

  test("takes the highest nonce there is, and none after it", () => {
    const { own, peer } = dialog(subject);
    const [, frame] = frameOf(peer, 0, utf8("a"));
    frame.fill(0xff, 8, 16);
    wrong(() => own.open?.(0, copyOf(frame)), "ERR_ZMTP_CRYPTOGRAPHIC");
    wrong(() => own.open?.(0, frameOf(peer, 0, utf8("b"))[1]), "ERR_ZMTP_INVALID_SEQUENCE");
  });

  test("the frame around a sealed one has no flags, and does not show what is in it", () => {
    const { own } = dialog(subject);
    for (const flags of [0, MORE, COMMAND]) {
      const [outer, body] = frameOf(own, flags, utf8("a secret of theirs"));
      assert.equal(outer, 0);
      assert.ok(!Buffer.from(body).includes("secret"));
    }
  });
}

/** Runs both sides against each other, `turns` commands of the peer long. */
function dialog(subject: MechanismSubject, turns = Infinity): Dialog {
  const own = subject.make(OWN);
  const peer = subject.peer(PEERS);
  const heard: Command[] = [];
  let asked = 0;
  let metadata: Uint8Array | null = null;
  const settle = (side: Mechanism, step: Step): readonly Command[] => {
    if (step.kind === "authenticate") {
      if (side === own) asked++;
      assert.ok(side.authenticated);
      return settle(side, side.authenticated());
    }
    if (step.kind === "ready" && side === own) metadata = step.metadata;
    return step.send;
  };
  const toPeer = [...settle(own, own.begin())];
  const toOwn = [...settle(peer, peer.begin())];
  while (toPeer.length + toOwn.length > 0 && heard.length <= turns) {
    for (const command of toPeer.splice(0)) toOwn.push(...settle(peer, peer.handle(command)));
    for (const command of toOwn.splice(0)) {
      heard.push(command);
      if (heard.length > turns) break;
      toPeer.push(...settle(own, own.handle(command)));
    }
  }
  return { own, peer, heard, asked, metadata };
}

/** The side that heard so many commands. */
function upTo(subject: MechanismSubject, turns: number): Mechanism {
  return dialog(subject, turns).own;
}

/** What the side under test sends. */
function upToEnd({ make, peer, ...rest }: MechanismSubject): readonly Command[] {
  return dialog({ ...rest, make: peer, peer: make }).heard;
}

/** A frame as `side` seals it: the flags of what goes out, and its body. */
function frameOf(side: Mechanism, flags: number, body: Uint8Array): [flags: number, body: Uint8Array] {
  const batch = new Batch();
  side.seal?.(flags, body, batch);
  const bytes = concat(batch.take().parts);
  const header = readHeader(bytes, 0, bytes.length);
  assert.ok(header !== null && header.body + header.length === bytes.length);
  return [header.flags, view(bytes, header.body, header.length)];
}

function damaged(subject: MechanismSubject, size: number, damage: (frame: Uint8Array) => Uint8Array): void {
  const { own, peer } = dialog(subject);
  const [flags, frame] = frameOf(peer, 0, new Uint8Array(size));
  wrong(() => own.open?.(flags, damage(frame)));
}

function refused(side: Mechanism, command: Command, code?: string): void {
  wrong(() => side.handle(command), code, command.name);
}

function wrong(run: () => unknown, code?: string, detail?: string): void {
  assert.throws(run, (error) => error instanceof ProtocolError && (code === undefined || error.code === code), detail);
}
