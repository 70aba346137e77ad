import { utf8 } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { readByNumber, settingByNumber, type NumberedAs } from "../options/by-number.ts";
import { NUMBERS, numberName, type NumberName, type NumberRow } from "../options/numbers.ts";
import type { SocketCore } from "./core.ts";
import { toTopic } from "./convert.ts";
import { setOption } from "./properties.ts";

/**
 * Reads what libzmq calls option `id`, as a C type.
 *
 * @throws ZmqError EINVAL when it is none, can't be read, or is of another type; ETERM when the context was shut down
 */
export function readOption(core: SocketCore, id: number, as: NumberedAs): boolean | number | string | null {
  if (core.terminated) throw core.fault();
  const name = numberName(id, "r", core.type.name);
  if (name !== undefined) return readState(core, name, as);
  const value = readByNumber(core.store, id, as);
  if (value === undefined) throw new ZmqError("EINVAL", { hint: `there is no readable option ${id}` });
  return value;
}

/** Sets what libzmq calls option `id`, as a C type. Throws as `readOption` does. */
export function writeOption(core: SocketCore, id: number, as: NumberedAs, value: unknown): void {
  if (core.terminated) throw core.fault();
  const name = numberName(id, "w", core.type.name);
  if (name !== undefined) return act(core, name, as, value);
  const setting = settingByNumber(core.store, id, as, value);
  if (setting === undefined) throw new ZmqError("EINVAL", { hint: `there is no writable option ${id}` });
  setOption(core, setting.name, setting.value);
}

/** State that libzmq counts among the options. */
function readState(core: SocketCore, name: NumberName, as: NumberedAs): boolean | number | string | null {
  const row: NumberRow = NUMBERS[name];
  if (row.refused !== undefined) throw new ZmqError("EINVAL", { hint: row.refused });
  checkForm(name, row, as);
  const value = stateOf(core, name);
  return as === "bool" ? value !== 0 : value;
}

function stateOf(core: SocketCore, name: NumberName): number | string | null {
  if (name === "type") return core.type.number;
  if (name === "lastEndpoint") return core.endpoints.last;
  if (name === "events") return (core.pattern.canReceive ? 1 : 0) | (core.pattern.canSend ? 2 : 0);
  return 0; // receiveMore
}

/** What libzmq does by setting an option: for a SUB to subscribe, for a ROUTER to name its next peer. */
function act(core: SocketCore, name: NumberName, as: NumberedAs, value: unknown): void {
  checkForm(name, NUMBERS[name], as);
  if (name === "connectRoutingId") core.nextRoutingId = checkedId(core, value);
  else if (name === "subscribe") core.openPattern.subscribe?.(toTopic(value ?? ""));
  else core.openPattern.unsubscribe?.(toTopic(value ?? ""));
}

/** A routing id for the next connect(), checked as libzmq should: it aborts on one that is in use. */
export function checkedId(core: SocketCore, id: unknown): Uint8Array {
  const bytes = typeof id === "string" ? utf8(id) : id;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("Option routingId must be a string or buffer");
  core.pattern.checkId?.(bytes);
  return bytes;
}

/** Any 4-byte type reads a 4-byte state, as in libzmq. */
function checkForm(name: NumberName, row: NumberRow, as: NumberedAs): void {
  const forms: readonly NumberedAs[] = row.type === "string" ? ["string"] : ["bool", "int32", "uint32"];
  if (!forms.includes(as)) throw new ZmqError("EINVAL", { hint: `${name} is not of the type ${as}` });
}
