import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { tune } from "../../../src/transports/node/tcp-socket.ts";
import { OPTIONS } from "../../conformance/recorders.ts";

/** A socket of a runtime that knows the type of service, and what it was given. */
function newer(set: (value: number) => void): net.Socket {
  return Object.assign(new net.Socket(), { setTypeOfService: set });
}

test("the type of service is set where the runtime can, in the eight bits that it has", () => {
  const given: number[] = [];
  const socket = newer((value) => void given.push(value));
  tune(socket, { ...OPTIONS, typeOfService: 0x28 });
  tune(socket, { ...OPTIONS, typeOfService: 0x1028 });
  tune(socket, OPTIONS);
  assert.deepEqual(given, [0x28, 0x28]);
});

test("a type of service that the system refuses costs no connection", () => {
  const socket = newer(() => {
    throw new Error("EACCES");
  });
  tune(socket, { ...OPTIONS, typeOfService: 1 });
});
