import { platform } from "#platform";
import {
  CONTEXT_OPTIONS,
  type ContextOptionName,
  type ContextProperties,
  type InitialContextOptions,
} from "../options/context-options.ts";
import { readByNumber, settingByNumber, type NumberedAs } from "../options/by-number.ts";
import { ZmqError } from "../base/errors.ts";
import { ContextCore } from "./context-core.ts";

const cores = new WeakMap<Context, ContextCore>();

/** The context behind the public object. */
export function contextCore(context: Context): ContextCore {
  const core = cores.get(context);
  if (core === undefined) throw new ZmqError("EINVAL", { hint: "option context must be a Context" });
  return core;
}

/**
 * Holds sockets and the names of inproc endpoints. Most programs use the default one, `context`, and never make one.
 */
export class Context {
  constructor(options?: InitialContextOptions) {
    cores.set(this, new ContextCore(platform));
    Object.seal(this);
    if (options === undefined) return;
    if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
    Object.assign(this, options);
  }

  protected getBoolOption(option: number): boolean {
    return this.#read(option, "bool") as boolean;
  }

  protected setBoolOption(option: number, value: boolean): void {
    this.#write(option, "bool", value);
  }

  protected getInt32Option(option: number): number {
    return this.#read(option, "int32") as number;
  }

  protected setInt32Option(option: number, value: number): void {
    this.#write(option, "int32", value);
  }

  #read(option: number, as: NumberedAs): boolean | number | string | null {
    const value = readByNumber(contextCore(this).options, option, as);
    if (value === undefined) throw new ZmqError("EINVAL", { hint: `there is no readable context option ${option}` });
    return value;
  }

  #write(option: number, as: NumberedAs, value: unknown): void {
    const { options } = contextCore(this);
    const setting = settingByNumber(options, option, as, value);
    if (setting === undefined) throw new ZmqError("EINVAL", { hint: `there is no writable context option ${option}` });
    options.set(setting.name, setting.value);
  }
}
export interface Context extends ContextProperties {}

for (const name of Object.keys(CONTEXT_OPTIONS) as ContextOptionName[]) {
  const row = CONTEXT_OPTIONS[name];
  const get = function (this: Context): unknown {
    return row.access === "w" ? undefined : contextCore(this).options.shown(name);
  };
  const set = function (this: Context, value: unknown): void {
    contextCore(this).options.set(name, value);
  };
  Object.defineProperty(Context.prototype, name, {
    get,
    ...((row.access as string) === "r" ? {} : { set }),
    configurable: true,
  });
}

/** The context of all sockets that name no other. */
export const context: Context = new Context();
