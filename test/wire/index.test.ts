import assert from "node:assert/strict";
import { test } from "node:test";
import * as wire from "../../src/wire/index.ts";
import { octets } from "./recorder.ts";

test("the codec alone reads what it writes, without a socket", () => {
  const body = wire.encodeCommand("READY", wire.encodeMetadata([["Socket-Type", octets("524551")]]));
  const frame = wire.encodeFrame(wire.COMMAND, body);
  const header = wire.readHeader(frame, 0, frame.length);
  assert.equal(header?.flags, wire.COMMAND);
  const command = wire.parseCommand(frame.subarray(header.body));
  assert.equal(command?.name, "READY");
  assert.equal(wire.decodeMetadata(command.data, 1000).texts().get("Socket-Type"), "REQ");
  assert.equal(wire.detectVersion(wire.encodeGreeting("NULL"), 64), "3.1");
});
