import type { Applicant, NoVerdict } from "../engine/host.ts";
import type { Verdict } from "../wire/connection.ts";
import { askAuthenticator, verdict } from "./authenticator.ts";
import type { SocketSelf } from "./self.ts";
import { DistantZapRequest } from "./zap-across.ts";
import { handles, noHandler, ZAP_NAME, ZapRequest } from "./zap-client.ts";

type Answer = (outcome: Verdict | NoVerdict) => void;

const nothing = (): void => {};

/** Sockets that were told once that their domain is no protection. */
const warned = new WeakSet<SocketSelf>();

/**
 * Has whoever is nearest judge a peer: the socket's own authenticator, its context's in this thread, the ZAP handler bound
 * in the context, in whatever thread.
 *
 * Without any, PLAIN lets nobody in, and neither does a domain that is enforced; all others come in, as in libzmq
 * (libzmq.md 5.3). Unlike there, a handler that is bound is asked even if `zapEnforceDomain` is set and no domain is
 * (docs/decisions/0025).
 */
export function judgePeer(socket: SocketSelf, applicant: Applicant, answer: Answer): () => void {
  const own = socket.authenticator ?? socket.context.authenticator;
  if (own !== null) {
    askAuthenticator(own, applicant, answer);
    return nothing;
  }
  const { names, threads } = socket.context;
  const handler = names.lookup(ZAP_NAME);
  if (handler !== undefined) return askHandler(handler, applicant, answer);
  const nobody = (): void => answer(withoutHandler(socket, applicant));
  if (threads !== null) {
    const request = new DistantZapRequest(threads, applicant, answer, nobody);
    return () => request.cancel();
  }
  nobody();
  return nothing;
}

function askHandler(handler: SocketSelf, applicant: Applicant, answer: Answer): () => void {
  if (handles(handler)) {
    const request = new ZapRequest(handler, applicant, answer);
    return () => request.cancel();
  }
  answer(noHandler(handler.type.name));
  return nothing;
}

function withoutHandler(socket: SocketSelf, { strict, domain }: Applicant): Verdict | NoVerdict {
  if (strict) return noHandler(null);
  if (domain !== "" && !warned.has(socket)) {
    warned.add(socket);
    socket.platform.emitWarning(
      `zapDomain is ${JSON.stringify(domain)}, but nobody is there to authenticate: all peers come in. ` +
        "Call authenticate(), bind a ZAP handler, or set zapEnforceDomain.",
    );
  }
  return verdict(200, "");
}
