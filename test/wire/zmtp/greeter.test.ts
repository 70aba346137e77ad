import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Batch } from "../../../src/base/batch.ts";
import { hex, utf8 } from "../../../src/base/bytes.ts";
import { Greeter, type GreetingMechanism, type OwnGreeting } from "../../../src/wire/zmtp/greeter.ts";
import { octets, refused, taken } from "../recorder.ts";
import { GREETING, GREETING_30 } from "./peers.ts";

const OPEN: GreetingMechanism = { name: "NULL", chosenBy: "", dispensable: true };
const JUDGED: GreetingMechanism = { name: "NULL", chosenBy: "zapDomain", dispensable: false };
const CURVE: GreetingMechanism = { name: "CURVE", chosenBy: "curveServer" };

const SIGNATURE = "ff00000000000000017f";
/** What is sent behind the signature and the major version. */
const REST = `014e554c4c${"00".repeat(48)}`;

/** A greeting under way: what it sends at each step. */
class Scene {
  readonly greeter: Greeter;
  readonly #output = new Batch();

  constructor(own: Partial<OwnGreeting> = {}, mechanism: GreetingMechanism = OPEN) {
    this.greeter = new Greeter({ socketType: "PUSH", routingId: utf8(""), ...own }, mechanism);
    this.greeter.start(this.#output);
  }

  get sent(): string {
    return taken(this.#output);
  }

  /** What is answered to these bytes. */
  hears(digits: string): string {
    this.greeter.receive(octets(digits), this.#output);
    return this.sent;
  }
}

describe("where old peers are served, the greeting leaves in pieces", () => {
  test("the signature at once, whose length is that of the routing id and its flags", () => {
    assert.equal(new Scene().sent, SIGNATURE);
    assert.equal(new Scene({ routingId: utf8("ABC") }).sent, "ff00000000000000047f");
    assert.equal(new Scene({ routingId: new Uint8Array(255).fill(1) }).sent, "ff00000000000001007f");
  });

  test("the major version once the peer's signature is there, the rest once its version is", () => {
    const scene = new Scene();
    assert.equal(scene.hears("ff 0000000000000001"), SIGNATURE);
    assert.equal(scene.hears("7f"), "03");
    assert.equal(scene.greeter.mechanismBegins, false);
    assert.equal(scene.hears("03"), REST);
    assert.equal(scene.hears(hex(GREETING.subarray(11, 63))), "");
    assert.equal(scene.greeter.done, false);
    assert.equal(scene.hears("00"), "");
    assert.equal(scene.greeter.done, true);
    assert.equal(scene.greeter.version, "3.1");
    assert.equal(scene.greeter.mechanismBegins, false, "a peer that spoke before it read had better speak first");
  });

  test("in one piece as far as the peer's first bytes tell", () => {
    const scene = new Scene();
    assert.equal(scene.hears(hex(GREETING_30)), SIGNATURE + "03" + REST);
    assert.equal(scene.greeter.done, true);
    assert.equal(scene.greeter.version, "3.0");
    const early = new Scene();
    assert.equal(early.hears(SIGNATURE), SIGNATURE + "03");
    const late = new Scene();
    assert.equal(late.hears(SIGNATURE + "03"), SIGNATURE + "03" + REST);
    assert.equal(late.greeter.mechanismBegins, true, "a peer that told its version had read our signature");
  });

  test("the same bytes in all, wherever the peer's are cut in two", () => {
    for (let cut = 0; cut <= 64; cut++) {
      const scene = new Scene();
      const sent = scene.hears(hex(GREETING.subarray(0, cut))) + scene.hears(hex(GREETING.subarray(cut)));
      assert.equal(sent, SIGNATURE + "03" + REST, `cut at ${cut}`);
    }
  });

  test("to a peer of revision 2 or above 3 as to one of 3.1, as libzmq does", () => {
    for (const revision of ["02", "04", "ff"]) {
      const scene = new Scene();
      assert.equal(scene.hears(SIGNATURE + revision), SIGNATURE + "03" + REST);
      assert.equal(scene.greeter.version, "3.1");
    }
  });
});

describe("a ZMTP 2.0 peer", () => {
  test("is sent a major version, the socket type's number and an identity frame, as measured of libzmq", () => {
    const scene = new Scene({ routingId: utf8("ABC") });
    assert.equal(scene.hears(SIGNATURE), "ff00000000000000047f" + "03");
    assert.equal(scene.hears("01"), "08" + "0003414243");
    assert.equal(scene.greeter.done, false);
    assert.equal(scene.hears("07"), "");
    assert.equal(scene.greeter.done, true);
    assert.equal(scene.greeter.facts(octets("")).socketType, "PULL");
    assert.equal(new Scene({ socketType: "SUB" }).hears(SIGNATURE + "01"), SIGNATURE + "03" + "02" + "0000");
    assert.equal(new Scene({ socketType: "XPUB" }).hears(SIGNATURE + "01"), SIGNATURE + "03" + "09" + "0000");
  });

  test("may have any socket type, also a number that means none", () => {
    const told = (number: string): string => {
      const scene = new Scene();
      scene.hears(`${SIGNATURE}01${number}`);
      return scene.greeter.facts(octets("")).socketType;
    };
    assert.deepEqual(["00", "06", "0a", "0b", "ff"].map(told), ["PAIR", "ROUTER", "XSUB", "", ""]);
  });

  test("keeps what it sent behind its greeting", () => {
    const greeter = new Scene().greeter;
    assert.equal(greeter.receive(octets(`${SIGNATURE} 01 07 00 00`), new Batch()), 12);
    assert.equal(greeter.frames.length, 0);
    assert.equal(greeter.old, true);
    assert.equal(greeter.unversioned, false);
  });
});

describe("a ZMTP 1.0 peer", () => {
  test("is sent the routing id behind the signature, which is its frame's header, as measured of libzmq", () => {
    const scene = new Scene({ routingId: utf8("ABC") });
    assert.equal(scene.hears("01"), "ff00000000000000047f" + "414243");
    assert.equal(scene.hears("00"), "");
    assert.equal(new Scene().hears("01 00"), SIGNATURE);
  });

  test("is known by its first octet or, with a long length, by its tenth; what came is its identity frame", () => {
    for (const [header, more] of [
      ["0400", "414243"],
      ["ff000000000000000400", "414243"],
      ["ff00000000000000047e", ""],
    ] as const) {
      const scene = new Scene();
      const all = octets(header + more);
      const cut = scene.greeter.receive(all.subarray(0, 1), new Batch());
      const at = cut + scene.greeter.receive(all.subarray(cut), new Batch());
      assert.equal(scene.greeter.version, "1.0");
      assert.equal(scene.greeter.done, true);
      assert.equal(scene.greeter.unversioned, true);
      assert.equal(hex(scene.greeter.frames) + hex(all.subarray(at)), header + more);
    }
  });

  test("with a signature and revision 0 is greeted as one of 2.0, with a frame of 1.0", () => {
    const scene = new Scene({ routingId: utf8("ABC") });
    assert.equal(scene.hears(`${SIGNATURE} 00 05`), "ff00000000000000047f" + "03" + "08" + "0400414243");
    assert.equal(scene.greeter.version, "1.0");
    assert.equal(scene.greeter.unversioned, false);
    assert.equal(scene.greeter.facts(octets("")).socketType, "");
  });

  test("is none whose first octets are a text, a TLS hello, or a length of 0: the error has them", () => {
    const text = (bytes: Uint8Array): string =>
      refused("ERR_ZMTP_VERSION", () => new Scene().greeter.receive(bytes, new Batch()));
    assert.match(text(utf8("GET / HTTP/1.1\r\n")), /"GET \/ HTTP"/);
    assert.match(text(utf8("SSH-2.0-x")), /"SSH-2\.0-x"/);
    assert.match(text(octets("16 03 01 00 c8")), /0x16030100c8/);
    assert.match(text(octets("00")), /0x00/);
    const slow = new Scene();
    assert.equal(slow.hears("47"), SIGNATURE);
    refused("ERR_ZMTP_VERSION", () => slow.hears("45"));
  });
});

describe("where old peers are refused", () => {
  test("the greeting leaves whole, and the mechanism waits for the peer's", () => {
    for (const mechanism of [JUDGED, CURVE]) {
      const scene = new Scene({}, mechanism);
      assert.equal(scene.sent.length, 128);
      const greeting = GREETING.slice();
      greeting.set(utf8(mechanism.name), 12);
      assert.equal(scene.hears(hex(greeting.subarray(0, 63))), "");
      assert.equal(scene.greeter.mechanismBegins, false);
      assert.equal(scene.hears(hex(greeting.subarray(63))), "");
      assert.equal(scene.greeter.mechanismBegins, true);
    }
  });

  test("the error says what the peer speaks and what is demanded", () => {
    const text = (digits: string, mechanism: GreetingMechanism, socketType = "PUSH"): string =>
      refused("ERR_ZMTP_VERSION", () => new Scene({ socketType }, mechanism).hears(digits));
    assert.match(text("01 00", JUDGED), /ZMTP 1\.0, which has no security, and this side demands NULL \(zapDomain\)$/);
    assert.match(text(`${SIGNATURE} 00`, JUDGED), /ZMTP 1\.0/);
    assert.match(text(`${SIGNATURE} 01`, CURVE), /ZMTP 2\.0, .* demands CURVE \(curveServer\)$/);
    assert.match(text("ff 0000000000000004 00", CURVE), /ZMTP 1\.0/);
    assert.match(text("01 00", OPEN, "RADIO"), /ZMTP 1\.0, which has no RADIO sockets$/);
  });
});
