import type { TypeName } from "../options/socket-types.ts";
import { propertiesOf } from "../options/options.ts";
import { OPTIONS, type OptionName } from "../options/table.ts";
import type { OptionRow } from "../options/row.ts";
import type { SocketSelf } from "./self.ts";
import { coreOf } from "./core-of.ts";

/** Options whose change acts on pipes in use. */
const MARKS: ReadonlySet<OptionName> = new Set(["sendHighWaterMark", "receiveHighWaterMark"]);

/** Options that the engine asks for as they are. */
const ASKED: ReadonlySet<OptionName> = new Set(["linger", "onlyFirstSubscribe"]);
/** Of each option, for all types that have it: two thousand pairs of functions would take 3 MB, and time to make. */
const accessors = new Map<OptionName, PropertyDescriptor>();

/** Defines an accessor for each option that all socket types have: once, as 1,600 on their classes took 4 ms of each import. */
export function defineCommonOptions(prototype: object): void {
  for (const [name, row] of Object.entries(OPTIONS) as [OptionName, OptionRow][]) {
    if (row.on === "all") Object.defineProperty(prototype, row.property ?? name, accessorOf(name));
  }
}

/** Defines an accessor for each option that a socket type has beside those. */
export function defineOptions(prototype: object, type: TypeName): void {
  for (const [property, name] of propertiesOf(type)) {
    const row: OptionRow = OPTIONS[name];
    if (row.on !== "all") Object.defineProperty(prototype, property, accessorOf(name));
  }
}

function accessorOf(name: OptionName): PropertyDescriptor {
  const known = accessors.get(name);
  if (known !== undefined) return known;
  const row: OptionRow = OPTIONS[name];
  const get = function (this: object): unknown {
    return coreOf(this).store.shown(name);
  };
  const set = function (this: object, value: unknown): void {
    setOption(coreOf(this), name, value);
  };
  const made = { get, ...(row.access === "r" ? {} : { set }), configurable: true };
  accessors.set(name, made);
  return made;
}

/** Sets an option and makes it act: at once where it is live, else with a warning when it comes too late. */
export function setOption(core: SocketSelf, name: OptionName, value: unknown): void {
  core.store.set(name, value);
  if (MARKS.has(name)) core.applyMarks();
  else if (ASKED.has(name)) core.answersDiffer();
  else if (core.store.row(name).when === "next" && core.endpoints.any) {
    core.platform.emitWarning("Socket option will not take effect until next connect/bind.");
  }
}
