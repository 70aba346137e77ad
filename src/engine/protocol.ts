import { utf8 } from "../base/bytes.ts";
import { MECHANISMS } from "../security/index.ts";
import type { Connection } from "../wire/connection.ts";
import { RawConnection } from "../wire/raw.ts";
import { ZmtpConnection, type ZmtpSettings } from "../wire/zmtp/connection.ts";
import type { MechanismFactory } from "../wire/zmtp/mechanism.ts";
import type { Role, Settings } from "./host.ts";

const NO_ID = utf8("");

/** Connections with the same options share what they are made of; sockets of a type share their defaults too. */
const known = new WeakMap<Settings, Map<string, ZmtpSettings>>();

/** The wire state for one new stream, as the socket type and the options ask for it. */
export function newConnection(role: Role, settings: Settings): Connection {
  if (role.wire === "raw") return new RawConnection();
  let byRole = known.get(settings);
  if (byRole === undefined) known.set(settings, (byRole = new Map()));
  let made = byRole.get(role.name);
  if (made === undefined) byRole.set(role.name, (made = zmtpSettings(role, settings)));
  return new ZmtpConnection(made);
}

function zmtpSettings(role: Role, settings: Settings): ZmtpSettings {
  return {
    socketType: role.name,
    peers: role.peers,
    routingId: settings.routingId ?? NO_ID,
    mechanism: MECHANISMS.get("NULL") as MechanismFactory, // always in the table; others come with their options
    metadata: new Map(Object.entries(settings.metadata)),
    limits: settings,
    subscriptions: role.publishes,
  };
}
