import { OPTIONS, Subscriber, type OptionRow, type Socket } from "../index.ts";
import * as zmq from "./constants.ts";

/** The short names of options, which sockets also have as properties. */
const SHORT_NAMES = {
  _fd: "ZMQ_FD",
  _ioevents: "ZMQ_EVENTS",
  _receiveMore: "ZMQ_RCVMORE",
  _subscribe: "ZMQ_SUBSCRIBE",
  _unsubscribe: "ZMQ_UNSUBSCRIBE",
  affinity: "ZMQ_AFFINITY",
  backlog: "ZMQ_BACKLOG",
  identity: "ZMQ_IDENTITY",
  linger: "ZMQ_LINGER",
  rate: "ZMQ_RATE",
  rcvbuf: "ZMQ_RCVBUF",
  last_endpoint: "ZMQ_LAST_ENDPOINT",
  reconnect_ivl: "ZMQ_RECONNECT_IVL",
  recovery_ivl: "ZMQ_RECOVERY_IVL",
  sndbuf: "ZMQ_SNDBUF",
  mechanism: "ZMQ_MECHANISM",
  plain_server: "ZMQ_PLAIN_SERVER",
  plain_username: "ZMQ_PLAIN_USERNAME",
  plain_password: "ZMQ_PLAIN_PASSWORD",
  curve_server: "ZMQ_CURVE_SERVER",
  curve_publickey: "ZMQ_CURVE_PUBLICKEY",
  curve_secretkey: "ZMQ_CURVE_SECRETKEY",
  curve_serverkey: "ZMQ_CURVE_SERVERKEY",
  zap_domain: "ZMQ_ZAP_DOMAIN",
  heartbeat_ivl: "ZMQ_HEARTBEAT_IVL",
  heartbeat_ttl: "ZMQ_HEARTBEAT_TTL",
  heartbeat_timeout: "ZMQ_HEARTBEAT_TIMEOUT",
  connect_timeout: "ZMQ_CONNECT_TIMEOUT",
} as const;

SHORT_NAMES satisfies Readonly<Record<string, keyof typeof zmq>>;

type ShortName = keyof typeof SHORT_NAMES;

const NUMBERS: Readonly<Record<string, number>> = zmq;

/** libzmq's numbers of the options that have a short name. */
export const options: Readonly<Record<ShortName, number>> = Object.fromEntries(
  Object.entries(SHORT_NAMES).map(([short, long]) => [short, NUMBERS[long]]),
) as Record<ShortName, number>; // an entry for each name

/** An option, by libzmq's number or by one of the short names. */
export type Option = number | ShortName;

/** A value that an option may have. */
export type OptionValue = string | number | boolean | null | undefined;

/** Properties by name: which of them a socket has depends on its type. */
type Properties = Record<string, unknown>;

/** An option that is more than one property of a socket; without `get` or `set`, it can't be read or written. */
interface Special {
  readonly get?: (socket: Properties) => OptionValue;
  readonly set?: (socket: Properties, value: unknown) => void;
}

const SPECIAL: Readonly<Record<number, Special>> = {
  [zmq.ZMQ_SUBSCRIBE]: { set: (socket, value) => subscriber(socket).subscribe(value as string) }, // checked there
  [zmq.ZMQ_UNSUBSCRIBE]: { set: (socket, value) => subscriber(socket).unsubscribe(value as string) },
  [zmq.ZMQ_RCVMORE]: { get: () => refuse("ZMQ_RCVMORE is not supported in compatibility mode") },
  [zmq.ZMQ_FD]: { get: () => refuse("ZMQ_FD is not supported in compatibility mode") },
  [zmq.ZMQ_EVENTS]: {
    get: ({ readable, writable }) =>
      (readable === true ? zmq.ZMQ_POLLIN : 0) | (writable === true ? zmq.ZMQ_POLLOUT : 0),
  },
  [zmq.ZMQ_TYPE]: { get: ({ type }) => type as number }, // of every socket
  [zmq.ZMQ_LAST_ENDPOINT]: { get: ({ lastEndpoint }) => lastEndpoint as string | null }, // of every socket
  [zmq.ZMQ_IPV4ONLY]: {
    get: ({ ipv6 }) => ipv6 !== true,
    set: (socket, value) => void (socket["ipv6"] = !value),
  },
  [zmq.ZMQ_XPUB_VERBOSE]: {
    get: () => refuse("Reading ZMQ_XPUB_VERBOSE is not supported"),
    // Truthy and falsy, as for every option that is a boolean now: programs set 1 and 0.
    set: (socket, value) => void (socket["verbosity"] = value ? "allSubs" : null),
  },
  [zmq.ZMQ_ROUTER_RAW]: {
    get: () => refuse("ZMQ_ROUTER_RAW is not supported in compatibility mode"),
    set: () => refuse("ZMQ_ROUTER_RAW is not supported in compatibility mode"),
  },
};

/** Rows by libzmq's number; several where socket types differ. */
const ROWS: ReadonlyMap<number, readonly (readonly [property: string, row: OptionRow])[]> = rowsByNumber();

/** Sets an option as zeromq.js 5 does: booleans take 0 and 1 too. @throws Error "Unknown option" */
export function setOption(socket: Socket, option: Option, value: unknown): void {
  const number = numberOf(option);
  const properties = propertiesOf(socket);
  const special = SPECIAL[number];
  if (special?.set !== undefined) return special.set(properties, value);
  const [property, row] = special === undefined ? rowOf(properties, number) : refuse("Unknown option");
  if (row.access === "r") refuse("Unknown option");
  properties[property] = row.type === "boolean" ? Boolean(value) : value;
}

/** Reads an option as zeromq.js 5 does: booleans are 0 and 1. @throws Error "Unknown option" */
export function getOption(socket: Socket, option: Option): OptionValue {
  const number = numberOf(option);
  const properties = propertiesOf(socket);
  const special = SPECIAL[number];
  if (special?.get !== undefined) return special.get(properties);
  const [property, row] = special === undefined ? rowOf(properties, number) : refuse("Unknown option");
  const value = properties[property] as string | number | boolean | null | undefined; // what properties of options are
  if (row.type === "boolean") return value === true ? 1 : 0;
  return row.type === "choice" ? (row.choices?.[String(value)] ?? 0) : value;
}

function numberOf(option: Option): number {
  return typeof option === "number" ? option : (options[option] ?? refuse("Unknown option"));
}

function rowOf(socket: Properties, number: number): readonly [property: string, row: OptionRow] {
  const rows = ROWS.get(number) ?? refuse("Unknown option");
  return rows.find(([property]) => property in socket) ?? rows[0] ?? refuse("Unknown option");
}

function rowsByNumber(): Map<number, [property: string, row: OptionRow][]> {
  const rows = new Map<number, [property: string, row: OptionRow][]>();
  for (const [name, row] of Object.entries<OptionRow>(OPTIONS)) {
    if (row.number === null) continue;
    rows.set(row.number, [...(rows.get(row.number) ?? []), [row.property ?? name, row]]);
  }
  return rows;
}

function subscriber(socket: unknown): Subscriber {
  return socket instanceof Subscriber ? socket : refuse("Subscriber socket required");
}

function propertiesOf(socket: Socket): Properties {
  return socket as unknown as Properties; // which ones there are is looked up at run time
}

function refuse(why: string): never {
  throw new Error(why);
}
