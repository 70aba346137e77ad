import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { SocksHandshake, type SocksTarget } from "../../src/transports/socks.ts";
import { zmqError } from "../support/zmq-error.ts";

const TARGET: SocksTarget = { host: "example.org", port: 5555, username: null, password: null };
const NAMED: SocksTarget = { ...TARGET, username: "ann", password: "se:cret" };

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

/** RFC 1928, section 4: CONNECT to the domain name "example.org", port 5555. */
const REQUEST = `05010003 0b${Buffer.from("example.org").toString("hex")} 15b3`.replaceAll(" ", "");
/** RFC 1929, section 2. */
const LOGIN = `01 03${Buffer.from("ann").toString("hex")} 07${Buffer.from("se:cret").toString("hex")}`.replaceAll(
  " ",
  "",
);
const REPLY_IPV4 = "05000001 7f000001 0438";
const REPLY_IPV6 = "05000004 00000000000000000000000000000001 0438";
const REPLY_NAME = "05000003 05 70726f7879 0438";

/** A handshake that was asked for its request. */
function asked(target: SocksTarget = TARGET): SocksHandshake {
  const handshake = new SocksHandshake(target);
  handshake.start();
  handshake.receive(bytes("0500"));
  return handshake;
}

describe("SOCKS 5, the client's side", () => {
  test("without a user name only `no authentication` is offered, with one also username/password", () => {
    assert.equal(hex(new SocksHandshake(TARGET).start()), "050100");
    assert.equal(hex(new SocksHandshake({ ...TARGET, username: "" }).start()), "050100");
    assert.equal(hex(new SocksHandshake(NAMED).start()), "05020002");
  });

  test("RFC 1928: the request names the target as a domain name, whatever it is", () => {
    const handshake = new SocksHandshake(TARGET);
    assert.equal(hex(handshake.receive(bytes("0500"))), REQUEST);
    const literal = new SocksHandshake({ ...TARGET, host: "::1", port: 1 });
    assert.equal(hex(literal.receive(bytes("0500"))), "05010003033a3a310001");
  });

  test("RFC 1929: user name and password go out when the proxy chooses them, and only then", () => {
    const handshake = new SocksHandshake(NAMED);
    assert.equal(hex(handshake.receive(bytes("0502"))), LOGIN);
    assert.equal(hex(handshake.receive(bytes("0100"))), REQUEST);
    assert.equal(hex(new SocksHandshake(NAMED).receive(bytes("0500"))), REQUEST);
  });

  test("a password may be empty, and both are counted in bytes", () => {
    const empty = new SocksHandshake({ ...NAMED, password: null });
    assert.equal(hex(empty.receive(bytes("0502"))), "0103616e6e00");
    const umlaut = new SocksHandshake({ ...NAMED, username: "ä", password: "" });
    assert.equal(hex(umlaut.receive(bytes("0502"))), "0102c3a400");
  });

  for (const [kind, reply] of Object.entries({ IPv4: REPLY_IPV4, IPv6: REPLY_IPV6, name: REPLY_NAME })) {
    test(`a reply with an address of kind ${kind} ends it, and what follows is the target's`, () => {
      const handshake = asked();
      assert.equal(handshake.receive(concat([bytes(reply), utf8("hello")])).length, 0);
      assert.ok(handshake.done);
      assert.equal(String(Buffer.from(handshake.rest)), "hello");
    });

    test(`it wants no byte that is not its own: reply with ${kind}`, () => {
      const handshake = asked();
      const all = bytes(`${reply} aa`);
      let at = 0;
      while (!handshake.done) {
        const { wanted } = handshake;
        handshake.receive(all.subarray(at, at + wanted));
        at += wanted;
      }
      assert.equal(at, all.length - 1);
    });
  }

  test("answers survive any split", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 6 }), (cuts) => {
        const handshake = new SocksHandshake(NAMED);
        const sent: string[] = [];
        for (const answer of ["0502", "0100", REPLY_NAME]) {
          const whole = bytes(answer);
          let from = 0;
          for (const cut of [...cuts.map((each) => Math.min(each, whole.length)).sort((a, b) => a - b), whole.length]) {
            sent.push(hex(handshake.receive(whole.subarray(from, cut))));
            from = cut;
          }
        }
        assert.ok(handshake.done);
        assert.deepEqual(
          sent.filter((each) => each !== ""),
          [LOGIN, REQUEST],
        );
      }),
    );
  });

  for (const [reply, code, text] of [
    [1, "EPROTO", "general SOCKS server failure"],
    [2, "EACCES", "not allowed by ruleset"],
    [3, "ENETUNREACH", "network unreachable"],
    [4, "EHOSTUNREACH", "host unreachable"],
    [5, "ECONNREFUSED", "connection refused"],
    [6, "ETIMEDOUT", "TTL expired"],
    [7, "ENOTSUP", "command not supported"],
    [8, "EAFNOSUPPORT", "address type not supported"],
    [9, "EPROTO", "reply 9"],
  ] as const) {
    test(`reply ${reply} is ${code}, from its first two bytes on`, () => {
      assert.throws(() => asked().receive(Uint8Array.of(5, reply)), zmqError(code, "SOCKS proxy", text));
    });
  }

  test("a proxy that wants credentials we have not, or knows ours not, is EACCES, and no secret is told", () => {
    assert.throws(() => new SocksHandshake(TARGET).receive(bytes("05ff")), zmqError("EACCES", "socksUsername"));
    assert.throws(() => new SocksHandshake(NAMED).receive(bytes("05ff")), zmqError("EACCES", "no user name"));
    const handshake = new SocksHandshake(NAMED);
    handshake.receive(bytes("0502"));
    assert.throws(
      () => handshake.receive(bytes("0101")),
      (error: Error) => zmqError("EACCES", "does not know")(error) && !error.message.includes("se:cret"),
    );
  });

  for (const [what, start] of [
    ["a version 4 proxy", "0400"],
    ["an HTTP server", Buffer.from("HTTP/1.1 400").toString("hex")],
    ["a method that was not offered", "0502"],
    ["more than was asked for", "050000"],
  ] as const) {
    test(`${what} is EPROTO`, () => {
      assert.throws(() => new SocksHandshake(TARGET).receive(bytes(start)), zmqError("EPROTO", "SOCKS 5"));
    });
  }

  test("a reply of another version, or with an address of no kind, is EPROTO", () => {
    assert.throws(() => asked().receive(bytes("0400")), zmqError("EPROTO", "begins with 4"));
    assert.throws(() => asked().receive(bytes("05000002 7f")), zmqError("EPROTO", "kind 2"));
  });

  test("random bytes end it or leave it waiting for less than a reply's length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
        const handshake = new SocksHandshake(NAMED);
        try {
          for (const byte of garbage) {
            handshake.receive(Uint8Array.of(byte));
            if (handshake.done) return;
            assert.ok(handshake.wanted <= 262);
          }
        } catch (error) {
          assert.equal((error as { name?: string }).name, "ZmqError");
        }
      }),
    );
  });

  test("a name of more than 255 bytes can't be asked for", () => {
    assert.throws(() => new SocksHandshake({ ...TARGET, host: "x".repeat(256) }), zmqError("EINVAL", "255"));
  });
});
