import { EMPTY, concat, copyOf, equal, readU64 } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
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
  VOUCH,
  counter,
  expect,
  nonce,
  taker,
} from "./curve-commands.ts";
import { CurveSide, type CurveSettings } from "./curve-side.ts";

/** RFC 26/CurveZMQ, server: ← HELLO, WELCOME →, ← INITIATE, after which somebody judges the client's key, READY →. */
export function curveServer(metadata: Uint8Array, settings: CurveSettings): Mechanism {
  return new CurveServer(metadata, settings);
}

class CurveServer extends CurveSide implements Mechanism {
  readonly chosenBy = "curveServer";
  readonly #metadata: Uint8Array;
  readonly #settings: CurveSettings;
  /** All that is kept between WELCOME and INITIATE: the key of the cookie, in which the client keeps the rest. */
  #cookieKey: Uint8Array = EMPTY;
  /** The client's latest counter. */
  #received = -1;
  /** Of C' and s'. */
  #shared: Uint8Array = EMPTY;
  #told: Uint8Array = EMPTY;

  constructor(metadata: Uint8Array, settings: CurveSettings) {
    super(settings);
    this.#metadata = metadata;
    this.#settings = settings;
  }

  begin(): Step {
    this.next = (command) => this.#hello(command);
    return { kind: "continue", send: [] };
  }

  #hello(command: Command): Step {
    expect(command, "HELLO");
    const take = taker(command.data);
    const [major, minor] = take(2);
    if (major !== 1 || minor !== 0) {
      throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_HELLO", `CurveZMQ ${major}.${minor} instead of 1.0`);
    }
    if (take(HELLO_PADDING).some((octet) => octet !== 0)) {
      throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_HELLO", "a padding of more than zeros");
    }
    const clientTransient = take(KEY);
    const first = take(SHORT);
    const proof = take(TAG + HELLO_ZEROS);
    const shared = this.share(clientTransient, this.#settings.keys.secretKey, "the client's transient key");
    this.unbox(proof, nonce("HELLO", first), shared, "HELLO: the client's curveServerKey is not this server's key");
    this.#received = readU64(first, 0);
    this.next = (next) => this.#initiate(next);
    return { kind: "continue", send: [{ name: "WELCOME", data: this.#welcome(clientTransient, shared) }] };
  }

  #welcome(clientTransient: Uint8Array, shared: Uint8Array): Uint8Array {
    const { random } = this.#settings;
    const secret = random(KEY);
    this.#cookieKey = random(KEY);
    const [cookieBytes, bytes] = [random(LONG), random(LONG)];
    const kept = this.box.seal(concat([clientTransient, secret]), nonce("COOKIE", cookieBytes), this.#cookieKey);
    const plain = concat([this.box.publicKey(secret), cookieBytes, kept]);
    return concat([bytes, this.box.seal(plain, nonce("WELCOME", bytes), shared)]);
  }

  #initiate(command: Command): Step {
    expect(command, "INITIATE");
    const take = taker(command.data);
    const cookie = take(COOKIE);
    const count = take(SHORT);
    const sealed = take(command.data.length - COOKIE - SHORT);
    const { clientTransient, secret } = this.#recall(cookie);
    if (readU64(count, 0) <= this.#received) throw new ProtocolError("ERR_ZMTP_INVALID_SEQUENCE", "that of INITIATE");
    this.#received = readU64(count, 0);
    this.#shared = this.share(clientTransient, secret, "the client's transient key");
    const plain = this.unbox(sealed, nonce("INITIATE", count), this.#shared, "INITIATE");
    const opened = taker(plain);
    const clientKey = opened(KEY);
    this.#checkVouch(opened(VOUCH), clientKey, clientTransient, secret);
    this.#told = opened(plain.length - KEY - VOUCH);
    return { kind: "authenticate", credentials: [copyOf(clientKey)] };
  }

  /** C' and s', out of the cookie, which only serves once. */
  #recall(cookie: Uint8Array): { clientTransient: Uint8Array; secret: Uint8Array } {
    const take = taker(cookie);
    const bytes = take(LONG);
    const kept = take(COOKIE - LONG);
    const plain = taker(
      this.unbox(kept, nonce("COOKIE", bytes), this.#cookieKey, "the cookie: it is not this connection's"),
    );
    this.#cookieKey = EMPTY;
    return { clientTransient: plain(KEY), secret: plain(KEY) };
  }

  /**
   * The client has the secret key of the public one it shows, and made this connection with this server. libzmq does not
   * look at the latter: it would let in who passes on another server's client.
   */
  #checkVouch(vouch: Uint8Array, clientKey: Uint8Array, clientTransient: Uint8Array, secret: Uint8Array): void {
    const take = taker(vouch);
    const bytes = take(LONG);
    const sealed = take(VOUCH - LONG);
    const shared = this.share(clientKey, secret, "the client's public key");
    const said = this.unbox(
      sealed,
      nonce("VOUCH", bytes),
      shared,
      "the vouch: the client shows a key that is not its own",
    );
    if (equal(said, concat([clientTransient, this.#settings.keys.publicKey]))) return;
    throw new ProtocolError("ERR_ZMTP_KEY_EXCHANGE", "the client vouches for another connection, or to another server");
  }

  authenticated(): Step {
    const first = counter(1);
    const box = this.box.seal(this.#metadata, nonce("READY", first), this.#shared);
    this.sealTraffic(
      { boxes: this.box.stream(MESSAGE_PREFIXES.server, this.#shared), nonce: 1 },
      { boxes: this.box.stream(MESSAGE_PREFIXES.client, this.#shared), nonce: this.#received },
    );
    this.#shared = EMPTY;
    return { kind: "ready", send: [{ name: "READY", data: concat([first, box]) }], metadata: this.#told };
  }
}
