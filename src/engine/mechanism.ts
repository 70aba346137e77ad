import type { CryptoPrimitives, KeyPair } from "../base/crypto.ts";
import { MECHANISMS, curveBox, loadCurveBox } from "../security/index.ts";
import type { Mechanism, MechanismFactory } from "../wire/zmtp/mechanism.ts";
import type { EngineHost, Settings } from "./host.ts";

/**
 * What makes the mechanism of each connection, as the options ask for it.
 *
 * Servers always have their peers judged; whether anybody is there to do it is the host's business. With NULL, peers are
 * judged where there is a domain, as in libzmq, or where the socket has an authenticator of its own.
 */
export function mechanismFor(settings: Settings, host: Pick<EngineHost, "cryptography" | "judges">): MechanismFactory {
  const { securityMechanism, zapDomain } = settings;
  if (securityMechanism === "plain") return plain(settings);
  if (securityMechanism === "curve") return curve(settings, host.cryptography);
  const asks = host.judges || zapDomain !== null;
  // It has no state: one serves all connections that tell the same of themselves, as those of one maker do.
  let shared: { readonly metadata: Uint8Array; readonly mechanism: Mechanism } | null = null;
  return (metadata) => {
    if (shared?.metadata !== metadata) shared = { metadata, mechanism: MECHANISMS.NULL.client(metadata, asks) };
    return shared.mechanism;
  };
}

/** Whether the mechanism makes a box of each frame, which is the most of the work there is with a connection. */
export function seals({ securityMechanism }: Settings): boolean {
  return securityMechanism === "curve";
}

/** What the mechanism needs before it can begin, on its way; null when everything is there. */
export function loadFor(settings: Settings, primitives: CryptoPrimitives): Promise<void> | null {
  return seals(settings) ? loadCurveBox(primitives.secretBox) : null;
}

function plain({ plainServer, plainUsername, plainPassword }: Settings): MechanismFactory {
  if (plainServer) return (metadata) => MECHANISMS.PLAIN.server(metadata);
  const credentials = { username: plainUsername ?? "", password: plainPassword ?? "" };
  return (metadata) => MECHANISMS.PLAIN.client(metadata, credentials);
}

function curve(settings: Settings, primitives: CryptoPrimitives): MechanismFactory {
  const own = {
    keys: ownKeys(settings, primitives),
    random: (size: number) => primitives.randomBytes(size),
    box: curveBox,
  };
  if (settings.curveServer) return (metadata) => MECHANISMS.CURVE.server(metadata, own);
  const serverKey = settings.curveServerKey ?? NO_KEY;
  return (metadata) => MECHANISMS.CURVE.client(metadata, { ...own, serverKey });
}

/** libzmq's key of whoever has none: no handshake succeeds with it. */
const NO_KEY = new Uint8Array(32);

/** A pair for this socket alone when there is none: a client comes as a stranger, and a server can't be reached. */
function ownKeys({ curveSecretKey }: Settings, primitives: CryptoPrimitives): KeyPair {
  if (curveSecretKey === null) return primitives.keyPair();
  return { publicKey: primitives.publicKey(curveSecretKey), secretKey: curveSecretKey };
}
