import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ProtocolError, ZmqError } from "../../src/base/errors.ts";
import { ending, endingOf, report, type EndKind } from "../../src/engine/ending.ts";
import { FakeHost } from "../support/engine-host.ts";

test("a ProtocolError is an end; anything else thrown is a bug and goes on", () => {
  const broken = new ProtocolError("ERR_ZMTP_TOO_BIG", "1 GiB");
  assert.deepEqual(endingOf(broken, "who"), { kind: "protocol", reason: broken.message, error: broken });
  const bug = new TypeError("bug");
  assert.throws(() => endingOf(bug, "who"), bug);
});

/** What an observer hears of an end, and which counters it moves. */
function reported(
  kind: EndKind,
  wasReady: boolean,
  error?: Error,
): { told: string; counted: string[]; host: FakeHost } {
  const host = new FakeHost();
  report(host, ending(kind, "why", error), wasReady, { address: "mem://here" });
  for (const { fields } of host.events) assert.equal(fields.reason, "why");
  const counted = Object.entries(host.connections).flatMap(([name, count]) => (count > 0 ? [name] : []));
  return { host, told: host.told(), counted };
}

describe("what is told of an end", () => {
  test("nothing when this side wanted it", () => {
    for (const kind of ["finished", "linger"] as const) {
      for (const wasReady of [true, false]) {
        const { told, counted } = reported(kind, wasReady);
        assert.deepEqual([told, counted], ["", []]);
      }
    }
  });

  test("a disconnection, after the handshake", () => {
    for (const kind of ["lost", "protocol"] as const) {
      const { told, counted } = reported(
        kind,
        true,
        kind === "protocol" ? new ProtocolError("ERR_ZMTP_TOO_BIG") : undefined,
      );
      assert.deepEqual([told, counted], ["disconnect", ["disconnects"]]);
    }
  });

  test("a failed handshake and a disconnection, before it", () => {
    const lost = reported("lost", false);
    assert.deepEqual([lost.told, lost.counted], ["handshake:error:other, disconnect", ["handshakeLost"]]);
    const late = reported("timeout", false);
    assert.deepEqual([late.told, late.counted], ["handshake:error:other, disconnect", ["handshakeTimeout"]]);
    const broken = reported("protocol", false, new ProtocolError("ERR_ZMTP_MECHANISM_MISMATCH"));
    assert.deepEqual([broken.told, broken.counted], ["handshake:error:protocol, disconnect", ["handshakeProtocol"]]);
    const stranger = reported("protocol", false, new ProtocolError("ERR_ZMTP_SOCKET_TYPE_MISMATCH"));
    assert.deepEqual(
      [stranger.told, stranger.counted],
      ["handshake:error:protocol, disconnect", ["handshakePeerType"]],
    );
  });

  test("libzmq's errno where the system gave no error: 11 for a time-out, 32 for a connection that was dropped", () => {
    for (const [kind, errno] of [
      ["timeout", 11],
      ["lost", 32],
    ] as const) {
      const host = new FakeHost();
      report(host, ending(kind, "why"), false, {});
      assert.equal((host.events[0]?.fields.error as ZmqError | undefined)?.errno, errno);
    }
  });

  test("the system's own error where there is one", () => {
    const error = new ZmqError("ECONNRESET");
    const host = new FakeHost();
    report(host, ending("lost", "why", error), false, {});
    assert.deepEqual(
      host.events.map(({ fields }) => fields.error),
      [error, error],
    );
  });
});
