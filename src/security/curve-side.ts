import type { Batch } from "../base/batch.ts";
import type { KeyPair } from "../base/crypto.ts";
import { ProtocolError } from "../base/errors.ts";
import { unexpected } from "../wire/zmtp/command.ts";
import type { Command, OpenedFrame, Step } from "../wire/zmtp/mechanism.ts";
import type { CurveBox } from "./curve-box.ts";
import { CurveTraffic, OVERHEAD, type Direction } from "./curve-traffic.ts";

/** What either side of CURVE is made of. */
export interface CurveSettings {
  /** This side's long-term keys, which belong together. */
  readonly keys: KeyPair;
  /** Random octets, fit for keys. */
  readonly random: (size: number) => Uint8Array;
  /** First called when the handshake begins: by then `loadCurveBox` must be done. */
  readonly box: () => CurveBox;
}

/** What both sides of CURVE have in common. Whatever is secret is in private fields, where nothing prints it. */
export abstract class CurveSide {
  readonly name = "CURVE";
  readonly overhead: number = OVERHEAD;
  /** What takes the next command. */
  protected next: (command: Command) => Step = nothing;
  readonly #box: () => CurveBox;
  #traffic: CurveTraffic | null = null;

  constructor(settings: CurveSettings) {
    this.#box = settings.box;
  }

  handle(command: Command): Step {
    return this.next(command);
  }

  seal(flags: number, body: Uint8Array, into: Batch): void {
    (this.#traffic as CurveTraffic).seal(flags, body, into); // set with the step "ready", before which nothing is sealed
  }

  open(flags: number, body: Uint8Array): OpenedFrame {
    return (this.#traffic as CurveTraffic).open(flags, body); // likewise
  }

  protected get box(): CurveBox {
    return this.#box();
  }

  /** The key that a public and a secret key share; `whose` is the public one, for the error when it is none. */
  protected share(publicKey: Uint8Array, secretKey: Uint8Array, whose: string): Uint8Array {
    const key = this.box.sharedKey(publicKey, secretKey);
    if (key === null) throw new ProtocolError("ERR_ZMTP_KEY_EXCHANGE", `${whose} is no key`);
    return key;
  }

  /** What is in a box; `what` it is, for the error when it can't be opened. */
  protected unbox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array, what: string): Uint8Array {
    const plain = this.box.open(box, nonce, key);
    if (plain === null) throw new ProtocolError("ERR_ZMTP_CRYPTOGRAPHIC", `that of ${what}`);
    return plain;
  }

  /** The handshake is done. */
  protected sealTraffic(out: Direction, incoming: Direction): void {
    this.#traffic = new CurveTraffic(out, incoming);
    this.next = nothing;
  }
}

function nothing(command: Command): Step {
  throw unexpected(command, "none");
}
