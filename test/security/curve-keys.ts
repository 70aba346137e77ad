import { octets } from "../wire/recorder.ts";
import type { KeyPair } from "../../src/base/crypto.ts";
import { curveBox, loadCurveBox } from "../../src/security/index.ts";
import type { CurveClientSettings } from "../../src/security/curve-client.ts";
import type { CurveSettings } from "../../src/security/curve-side.ts";

/** The keys that libzmq's manual pages show, as bytes. */
export const SERVER: KeyPair = {
  publicKey: octets("54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652"),
  secretKey: octets("8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7"),
};
export const CLIENT: KeyPair = {
  publicKey: octets("BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518"),
  secretKey: octets("7BB864B489AFA3671FBE69101F94B38972F24816DFB01B51656B3FEC8DFD0888"),
};

/** What to wait for before CURVE is used. */
export async function boxLoaded(): Promise<void> {
  await loadCurveBox(null);
}

/** Octets that count up from `first`. */
export function counting(first: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => first + at);
}

/** Randomness that is written down beforehand, and asked for in this order. */
export function scripted(...parts: readonly Uint8Array[]): (size: number) => Uint8Array {
  let next = 0;
  return (size) => {
    const part = parts[next++];
    if (part?.length !== size) throw new Error(`part ${next} of the script does not have ${size} octets`);
    return part;
  };
}

/** Randomness that comes out the same in each run. */
export function seeded(seed: number): (size: number) => Uint8Array {
  let state = seed;
  return (size) =>
    Uint8Array.from({ length: size }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}

export function clientSettings(changes: Partial<CurveClientSettings> = {}): CurveClientSettings {
  return { keys: CLIENT, serverKey: SERVER.publicKey, random: seeded(1), box: curveBox, ...changes };
}

export function serverSettings(changes: Partial<CurveSettings> = {}): CurveSettings {
  return { keys: SERVER, random: seeded(2), box: curveBox, ...changes };
}
