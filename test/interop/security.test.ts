import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createCertificate, writeCertificate } from "../../src/certificates.ts";
import { curveKeys, decodeZ85, plainUsers, type Authenticator } from "../../src/index.ts";
import { CLIENT_KEYS, SERVER_KEYS } from "../support/securities.ts";
import { nextEvent, using, type Ours, type OurSocket } from "./ours.ts";
import { withEachPeer, type AnyOptions, type Peer, type PeerSocket } from "./peer.ts";

interface Credentials {
  readonly server: AnyOptions;
  readonly client: AnyOptions;
  /** Those of a client that is not let in. */
  readonly stranger: AnyOptions;
  readonly judge: Authenticator;
  readonly userId: string;
}

const domain = { zapDomain: "test" };
const serverKey = { curveServerKey: SERVER_KEYS.publicKey };
const stranger = createCertificate();

const MECHANISMS: Readonly<Record<string, Credentials>> = {
  PLAIN: {
    server: { plainServer: true, ...domain },
    client: { plainUsername: "alice", plainPassword: "open sesame" },
    stranger: { plainUsername: "alice", plainPassword: "open barley" },
    judge: plainUsers({ alice: "open sesame" }),
    userId: "alice",
  },
  CURVE: {
    server: { curveServer: true, curveSecretKey: SERVER_KEYS.secretKey, ...domain },
    client: { ...serverKey, curvePublicKey: CLIENT_KEYS.publicKey, curveSecretKey: CLIENT_KEYS.secretKey },
    stranger: { ...serverKey, curvePublicKey: stranger.publicKey, curveSecretKey: stranger.secretKey },
    judge: curveKeys([CLIENT_KEYS.publicKey]),
    userId: CLIENT_KEYS.publicKey,
  },
};

/** Messages of several frames and sizes, both ways. */
async function talk(ours: OurSocket, theirs: PeerSocket): Promise<void> {
  for (const message of [["one"], ["a", "", "c"], ["x".repeat(300)], ["y".repeat(100_000), "z"]]) {
    await theirs.send(message);
    assert.deepEqual((await ours.receive()).map(String), message);
    await ours.send(message);
    assert.deepEqual((await theirs.receive()).map(String), message);
  }
}

/** The peer's own handler lets in alice, and the owner of our client's key. */
function allow(peer: Peer): void {
  let folder = "";
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "allowed-"));
    writeCertificate(path.join(folder, "alice.key"), {
      ...createCertificate({ secretKey: CLIENT_KEYS.secretKey }),
      secretKey: null,
    });
    const keys = [Buffer.from(decodeZ85(CLIENT_KEYS.publicKey)).toString("hex")];
    await peer.authenticate({ users: { alice: "open sesame" }, keys, folder });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
}

withEachPeer("security", (peer) => {
  allow(peer);
  for (const [name, { server, client, stranger, judge, userId }] of Object.entries(MECHANISMS)) {
    const serve = async (ours: Ours): Promise<[OurSocket, string]> => {
      const socket = ours.open("DEALER", server);
      socket.authenticate(judge);
      await socket.bind(ours.address("tcp"));
      return [socket, socket.lastEndpoint ?? ""];
    };

    describe(name, () => {
      test(
        "their client talks with our server, which knows who it is",
        using(async (ours) => {
          const [socket, address] = await serve(ours);
          const theirs = await peer.open("DEALER", client);
          await theirs.connect(address);
          await talk(socket, theirs);
          const [report] = socket.peers();
          assert.deepEqual([report?.mechanism, report?.userId], [name, userId]);
          await theirs.close();
        }),
      );

      test(
        "their client that our server does not let in hears so, and does not come again",
        using(async (ours) => {
          const [socket, address] = await serve(ours);
          const theirs = await peer.open("DEALER", stranger);
          await theirs.connect(address);
          assert.equal((await nextEvent(socket, "handshake:error:auth")).error.status, 400);
          // libzmq's PLAIN clients do not understand ERROR, which they spell ^RROR; they give up all the same.
          await theirs.hear(name === "PLAIN" ? "handshake:error:protocol" : "handshake:error:auth");
          assert.equal((await theirs.heard()).includes("connect:retry"), false);
          await theirs.close();
        }),
      );

      test(
        "our client talks with their server, whose own authenticator lets it in",
        using(async (ours) => {
          const theirs = await peer.open("DEALER", server);
          const socket = ours.open("DEALER", client);
          socket.connect(await theirs.bind("tcp://127.0.0.1:*"));
          await talk(socket, theirs);
          assert.equal(socket.peers()[0]?.mechanism, name);
          await theirs.close();
        }),
      );

      test(
        "our client that their authenticator does not let in hears so, and does not come again",
        using(async (ours) => {
          const theirs = await peer.open("DEALER", server);
          const socket = ours.open("DEALER", stranger);
          socket.connect(await theirs.bind("tcp://127.0.0.1:*"));
          const { error, reason } = await nextEvent(socket, "handshake:error:auth");
          assert.deepEqual([error.message, error.status], ["Authentication failure", 400]);
          assert.match(reason ?? "", new RegExp(name));
          await theirs.hear("handshake:error:auth");
          assert.equal(socket.stats().connects + socket.stats().reconnects, 1);
          await theirs.close();
        }),
      );
    });
  }

  test(
    "a mechanism that the other side does not have is told on its side, and guessed on ours as it closes at once",
    using(async (ours) => {
      for (const [mine, its] of [
        ["PLAIN", "CURVE"],
        ["CURVE", "PLAIN"],
      ] as const) {
        const theirs = await peer.open("DEALER", MECHANISMS[its]?.server);
        const socket = ours.open("DEALER", MECHANISMS[mine]?.client);
        socket.connect(await theirs.bind("tcp://127.0.0.1:*"));
        assert.match(
          (await nextEvent(socket, "handshake:error:other")).reason ?? "",
          new RegExp(`does it use ${mine} too`),
        );
        await theirs.hear("handshake:error:protocol");
        socket.close();
        await theirs.close();
      }
    }),
  );
});
