import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SOCKETS } from "../../src/sockets/index.ts";
import { typeByNumber } from "../../src/sockets/type.ts";
import { CLASSES } from "../conformance/dialog.ts";
import { securedSuite, socketTypeSuite } from "../conformance/socket-type.ts";
import { KINDS } from "../support/places.ts";
import { SECURITIES } from "../support/securities.ts";

/** A DGRAM uses none of these transports; datagram.test.ts is about it. */
for (const type of SOCKETS.filter(({ datagrams }) => datagrams?.only !== true)) {
  for (const kind of KINDS) socketTypeSuite(type, kind);
  if (type.wire === "raw") continue;
  for (const security of SECURITIES) for (const kind of ["tcp", "ipc"] as const) securedSuite(type, kind, security);
}

describe("the table of socket types", () => {
  test("names, numbers and classes are unique, and every class is exported", () => {
    for (const field of ["name", "number", "className"] as const) {
      assert.equal(new Set(SOCKETS.map((type) => type[field])).size, SOCKETS.length, field);
    }
    for (const type of SOCKETS) {
      assert.ok(CLASSES.has(type.className), type.className);
      assert.equal(typeByNumber(type.number), type);
      assert.match(type.doc, /^[A-Z].*\.$/);
    }
  });

  test("who accepts a type is accepted by it", () => {
    for (const type of SOCKETS) {
      for (const peer of type.peers) {
        const back = SOCKETS.find((each) => each.name === peer)?.peers;
        assert.ok(back?.includes(type.name), `${peer} does not accept ${type.name}`);
      }
    }
  });

  test("numbers are libzmq's", () => {
    const names = SOCKETS.map(({ name, number }) => [number, name]);
    assert.deepEqual(names, [
      [0, "PAIR"],
      [1, "PUB"],
      [2, "SUB"],
      [3, "REQ"],
      [4, "REP"],
      [5, "DEALER"],
      [6, "ROUTER"],
      [7, "PULL"],
      [8, "PUSH"],
      [9, "XPUB"],
      [10, "XSUB"],
      [11, "STREAM"],
      [12, "SERVER"],
      [13, "CLIENT"],
      [14, "RADIO"],
      [15, "DISH"],
      [16, "GATHER"],
      [17, "SCATTER"],
      [18, "DGRAM"],
      [19, "PEER"],
      [20, "CHANNEL"],
    ]);
  });
});
