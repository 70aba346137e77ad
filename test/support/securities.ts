import { curveKeyPair, type Socket } from "../../src/index.ts";

/** One mechanism with everything that both sides need for it. */
export interface Security {
  readonly name: "NULL" | "PLAIN" | "CURVE";
  readonly server: object;
  readonly client: object;
}

export const SERVER_KEYS: { publicKey: string; secretKey: string } = curveKeyPair();
export const CLIENT_KEYS: { publicKey: string; secretKey: string } = curveKeyPair();

/** NULL has nobody judged, unless there is a domain. */
export const NULL_DOMAIN: Security = { name: "NULL", server: { zapDomain: "test" }, client: {} };
export const PLAIN: Security = {
  name: "PLAIN",
  server: { plainServer: true },
  client: { plainUsername: "alice", plainPassword: "open sesame" },
};
export const CURVE: Security = {
  name: "CURVE",
  server: { curveServer: true, curveSecretKey: SERVER_KEYS.secretKey },
  client: {
    curveServerKey: SERVER_KEYS.publicKey,
    curvePublicKey: CLIENT_KEYS.publicKey,
    curveSecretKey: CLIENT_KEYS.secretKey,
  },
};

/** Every mechanism in which peers are judged. */
export const SECURITIES: readonly Security[] = [NULL_DOMAIN, PLAIN, CURVE];

/** Makes a socket the server, to which everybody may come, or the client. */
export function secure(socket: Socket, security: Security, side: "server" | "client"): void {
  Object.assign(socket, security[side]);
  if (side === "server") socket.authenticate(() => true);
}
