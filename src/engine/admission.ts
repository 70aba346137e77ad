import { printable } from "../base/bytes.ts";
import { encodeZ85 } from "../base/z85.ts";
import type { Verdict } from "../wire/connection.ts";
import type { Applicant, EngineHost, NoVerdict, Settings } from "./host.ts";

/**
 * Has a peer judged. `judged` is called at most once, never inside this call or inside that of whoever answers: what
 * follows from a verdict runs on a stack of its own. Returns what takes the question back.
 */
export function judge(
  host: EngineHost,
  applicant: Applicant,
  judged: (outcome: Verdict | NoVerdict) => void,
): () => void {
  // All that whoever answers can reach of the peer: a question that nobody answers any more must hold nothing of it.
  let waiting: typeof judged | null = judged;
  const cancel = host.authenticate(applicant, (outcome) => {
    const tell = waiting;
    waiting = null;
    if (tell !== null) host.atEndOfTurn(() => tell(outcome));
  });
  return () => {
    waiting = null;
    cancel();
  };
}

/** Whose credentials were judged, for people: the password is not in it. */
export function whoIs({ mechanism, credentials, domain, address }: Applicant): string {
  const [first] = credentials;
  const facts = [mechanism];
  if (first !== undefined && mechanism === "PLAIN") facts.push(`user ${printable(first)}`);
  if (first !== undefined && mechanism === "CURVE") facts.push(`key ${encodeZ85(first)}`);
  if (domain !== "") facts.push(`domain ${JSON.stringify(domain)}`);
  if (address !== "") facts.push(`from ${address}`);
  return facts.join(", ");
}

/** What this side shows of itself to a peer that may not let it in. */
export function whoAmI({ securityMechanism, plainUsername, curvePublicKey }: Settings): string {
  if (securityMechanism === "plain") return `PLAIN, as user ${JSON.stringify(plainUsername ?? "")}`;
  if (securityMechanism !== "curve") return "NULL, without credentials";
  return curvePublicKey === null ? "CURVE" : `CURVE, with the key ${encodeZ85(curvePublicKey)}`;
}

/** What a peer that closes in the middle of a handshake, without saying why, may mean by it. */
export function whyClosed({ securityMechanism, plainServer, curveServer }: Settings): string {
  if (securityMechanism === null) return "";
  const name = securityMechanism.toUpperCase();
  if (plainServer || curveServer) return ` (does it use ${name} too?)`;
  if (name === "CURVE") return " (does it use CURVE too, and is curveServerKey its key?)";
  return ` (does it use ${name} too, and does it have an authenticator?)`;
}
