import { utf8 } from "../base/bytes.ts";
import type { Connection, PeerFacts } from "../wire/connection.ts";
import { RawConnection } from "../wire/raw.ts";
import { ZmtpConnection, type ZmtpSettings } from "../wire/zmtp/connection.ts";
import type { MechanismFactory } from "../wire/zmtp/mechanism.ts";
import type { EngineHost, Role, Settings } from "./host.ts";
import { mechanismFor } from "./mechanism.ts";

const NO_ID = utf8("");

/** STREAM has no handshake: nothing is known of the peer. */
export const NOTHING_SAID: PeerFacts = {
  socketType: "",
  routingId: NO_ID,
  protocol: "",
  mechanism: "",
  properties: new Map(),
};

/** Connections with the same options share what they are made of; sockets of a type share their defaults too. */
const known = new WeakMap<Settings, Map<string, ZmtpSettings>>();

/** The wire state for one new stream, as the socket type and the options ask for it. */
export function newConnection(
  host: Pick<EngineHost, "role" | "cryptography" | "judges">,
  settings: Settings,
): Connection {
  const { role, judges } = host;
  if (role.wire === "raw" || settings.raw) return new RawConnection();
  let byRole = known.get(settings);
  if (byRole === undefined) known.set(settings, (byRole = new Map()));
  const key = judges ? `${role.name}, judged` : role.name;
  let made = byRole.get(key);
  if (made === undefined) byRole.set(key, (made = zmtpSettings(role, settings, mechanismFor(settings, host))));
  return new ZmtpConnection(made);
}

function zmtpSettings(role: Role, settings: Settings, mechanism: MechanismFactory): ZmtpSettings {
  return {
    socketType: role.name,
    peers: role.peers,
    routingId: settings.routingId ?? NO_ID,
    mechanism,
    metadata: new Map(Object.entries(settings.metadata)),
    limits: settings,
    subscriptions: role.publishes,
    groups: role.groups === true,
  };
}
