import type { Socket } from "../index.ts";
import { UsageError } from "./failure.ts";

export type Side = "bind" | "connect";

/** An address and what to do with it. */
export interface Address {
  readonly side: Side;
  readonly address: string;
}

/**
 * What an address of the command line means: "@tcp://…" binds and ">tcp://…" connects, as in CZMQ; without a mark, a
 * wildcard host binds, and all else does what is usual for the socket, or, over udp, all that it can do.
 */
export function toAddress(given: string, usual: Side, overUdp: Side = usual): Address {
  const mark = given[0];
  if (mark === "@") return { side: "bind", address: checked(given.slice(1)) };
  if (mark === ">") return { side: "connect", address: checked(given.slice(1)) };
  const own = isUdp(given) ? overUdp : usual;
  return { side: /:\/\/\*/.test(given) ? "bind" : own, address: checked(given) };
}

/** Nobody ever says that he is there: there is no waiting for him. */
export function isUdp(address: string): boolean {
  return address.startsWith("udp://");
}

/** All addresses of a command line: those with a flag say themselves what they are for. */
export function addressesOf(
  positionals: readonly string[],
  flagged: { readonly bind?: readonly string[]; readonly connect?: readonly string[] },
  usual: Side,
  overUdp: Side = usual,
): Address[] {
  const addresses = [
    ...positionals.map((given) => toAddress(given, usual, overUdp)),
    ...(flagged.bind ?? []).map((address): Address => ({ side: "bind", address: checked(address) })),
    ...(flagged.connect ?? []).map((address): Address => ({ side: "connect", address: checked(address) })),
  ];
  if (addresses.length === 0) throw new UsageError("an address is missing, as in tcp://127.0.0.1:5556");
  return addresses.sort((one, other) => Number(one.side === "connect") - Number(other.side === "connect"));
}

/** Binds or connects; where the system chose the port or the path, says on stderr which it is. */
export async function attach(socket: Socket, { side, address }: Address): Promise<void> {
  if (side === "connect") return socket.connect(address);
  await socket.bind(address);
  if (/:(\*|0|!)$|^ipc:\/\/\*$/.test(address)) console.error(`zmq: bound to ${socket.lastEndpoint}`);
}

function checked(address: string): string {
  if (/^[^:/]+:\/\/./.test(address)) return address;
  throw new UsageError(`"${address}" is no address; it has the form transport://where, as in tcp://127.0.0.1:5556`);
}
