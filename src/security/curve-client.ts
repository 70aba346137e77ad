import { EMPTY, concat, readU64 } from "../base/bytes.ts";
import type { Command, Mechanism, Step } from "../wire/zmtp/mechanism.ts";
import { TAG } from "./box-stream.ts";
import {
  COOKIE,
  HELLO_PADDING,
  HELLO_ZEROS,
  KEY,
  LONG,
  MESSAGE_PREFIXES,
  SHORT,
  counter,
  expect,
  nonce,
  taker,
} from "./curve-commands.ts";
import { CurveSide, type CurveSettings } from "./curve-side.ts";

/** What a client knows beforehand. */
export interface CurveClientSettings extends CurveSettings {
  /** The server's long-term public key: who does not have the secret one to it is not talked to. */
  readonly serverKey: Uint8Array;
}

/** RFC 26/CurveZMQ, client: HELLO →, ← WELCOME, INITIATE →, ← READY. */
export function curveClient(metadata: Uint8Array, settings: CurveClientSettings): Mechanism {
  return new CurveClient(metadata, settings);
}

class CurveClient extends CurveSide implements Mechanism {
  readonly chosenBy = "curveServerKey";
  readonly #metadata: Uint8Array;
  readonly #settings: CurveClientSettings;
  /** RFC 26: C' and c', which live as long as the connection at most. */
  #transientKey: Uint8Array = EMPTY;
  #transientSecret: Uint8Array = EMPTY;
  /** Of S and c', then of S' and c'. */
  #shared: Uint8Array = EMPTY;

  constructor(metadata: Uint8Array, settings: CurveClientSettings) {
    super(settings);
    this.#metadata = metadata;
    this.#settings = settings;
  }

  begin(): Step {
    this.#transientSecret = this.#settings.random(KEY);
    this.#transientKey = this.box.publicKey(this.#transientSecret);
    this.#shared = this.share(this.#settings.serverKey, this.#transientSecret, "curveServerKey");
    const first = counter(1);
    const proof = this.box.seal(new Uint8Array(HELLO_ZEROS), nonce("HELLO", first), this.#shared);
    const start = new Uint8Array(2 + HELLO_PADDING);
    start[0] = 1; // of the version, 1.0
    this.next = (command) => this.#welcome(command);
    const data = concat([start, this.#transientKey, first, proof]);
    return { kind: "continue", send: [{ name: "HELLO", data }] };
  }

  #welcome(command: Command): Step {
    expect(command, "WELCOME", command.name === "HELLO" ? ": both sides are CURVE clients (no curveServer)" : "");
    const take = taker(command.data);
    const random = take(LONG);
    const sealed = take(TAG + KEY + COOKIE);
    const opened = taker(
      this.unbox(
        sealed,
        nonce("WELCOME", random),
        this.#shared,
        "WELCOME: the peer does not have the secret key to curveServerKey",
      ),
    );
    const serverTransient = opened(KEY);
    const cookie = opened(COOKIE);
    const vouch = this.#vouch(serverTransient);
    this.#shared = this.share(serverTransient, this.#transientSecret, "the server's transient key");
    this.#transientSecret = EMPTY;
    const second = counter(2);
    const plain = concat([this.#settings.keys.publicKey, vouch, this.#metadata]);
    const box = this.box.seal(plain, nonce("INITIATE", second), this.#shared);
    this.next = (next) => this.#ready(next);
    return { kind: "continue", send: [{ name: "INITIATE", data: concat([cookie, second, box]) }] };
  }

  /** Says with this side's long-term key that the transient one is its own, to this server alone. */
  #vouch(serverTransient: Uint8Array): Uint8Array {
    const { keys, serverKey, random } = this.#settings;
    const bytes = random(LONG);
    const shared = this.share(serverTransient, keys.secretKey, "the server's transient key");
    return concat([bytes, this.box.seal(concat([this.#transientKey, serverKey]), nonce("VOUCH", bytes), shared)]);
  }

  #ready(command: Command): Step {
    expect(command, "READY");
    const take = taker(command.data);
    const first = take(SHORT);
    const sealed = take(command.data.length - SHORT);
    const metadata = this.unbox(sealed, nonce("READY", first), this.#shared, "READY");
    this.sealTraffic(
      { boxes: this.box.stream(MESSAGE_PREFIXES.client, this.#shared), nonce: 2 },
      { boxes: this.box.stream(MESSAGE_PREFIXES.server, this.#shared), nonce: readU64(first, 0) },
    );
    this.#shared = EMPTY;
    return { kind: "ready", send: [], metadata };
  }
}
