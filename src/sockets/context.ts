import { platform } from "#platform";
import {
  CONTEXT_OPTIONS,
  type ContextOptionName,
  type ContextProperties,
  type InitialContextOptions,
} from "../options/context-options.ts";
import { readByNumber, settingByNumber, type NumberedAs } from "../options/by-number.ts";
import { ZmqError } from "../base/errors.ts";
import { checkedAuthenticator, type Authenticator } from "./authenticator.ts";
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
export class Context implements AsyncDisposable {
  constructor(options?: InitialContextOptions) {
    cores.set(this, new ContextCore(platform));
    Object.seal(this);
    if (options === undefined) return;
    if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
    Object.assign(this, options);
  }

  /**
   * Ends all waiting calls on its sockets with ETERM, and every later one but `close()`: for what runs elsewhere to learn
   * that it should stop (zmq_ctx_shutdown). Connections stay until the sockets are closed; new sockets are refused.
   */
  shutdown(): void {
    contextCore(this).shutDown();
  }

  /**
   * `shutdown`, and resolves when all its sockets were closed, by whoever made them, and have sent what they linger for
   * (zmq_ctx_term). Holds the process; when it takes more than a second, a warning says which sockets it waits for.
   */
  terminate(): Promise<void> {
    return contextCore(this).terminate();
  }

  /** Closes its sockets and waits as `terminate` does: at the end of a block, nobody else is left to close them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const core = contextCore(this);
    for (const socket of core.sockets) socket.close();
    await core.terminate();
  }

  /**
   * Calls `authenticator` with each peer that its sockets ask a ZAP handler about (RFC 27): all peers of PLAIN and CURVE
   * servers, and with NULL those of sockets that have a `zapDomain`. It goes before a handler that is bound to
   * `inproc://zeromq.zap.01`; a socket's own authenticator goes before it. Null: as before.
   */
  authenticate(authenticator: Authenticator | null): void {
    contextCore(this).authenticator = checkedAuthenticator(authenticator);
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

/** The context of all sockets that name no other; all threads of the process have it in common. */
export const context: Context = new Context();
cores.set(context, new ContextCore(platform, platform.threads));
