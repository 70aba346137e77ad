import { createRequire } from "node:module";
import type * as compat from "../../src/compat/index.ts";

/** The API of zeromq.js 5, by whoever implements it. */
export type Compat = typeof compat;

/** zeromq.js' own implementation, on libzmq. */
export const theirs: Compat = createRequire(import.meta.url)("zeromq/v5-compat") as Compat; // what this package stands in for

/** What a program said, as text: frames, errors and other values in a form that two implementations share. */
export class Transcript {
  readonly lines: string[] = [];
  readonly #heard: Set<() => void> = new Set();

  say(...values: unknown[]): void {
    this.lines.push(values.map(shown).join(" "));
    for (const hear of this.#heard) hear();
  }

  /** Says what `run` returns, or the error that it throws. */
  try(what: string, run: () => unknown): void {
    try {
      this.say(what, run());
    } catch (error) {
      this.say(what, error);
    }
  }

  /** Resolves when as many lines have been said. */
  async reaches(count: number): Promise<void> {
    const deadline = AbortSignal.timeout(10_000);
    while (this.lines.length < count) {
      await new Promise<void>((resolve, reject) => {
        this.#heard.add(resolve);
        deadline.addEventListener("abort", () => reject(new Error(`only this was said: ${this.lines.join(", ")}`)));
      });
    }
  }
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString("latin1")}>`;
  // Texts here go on with the address and what to do.
  if (value instanceof Error)
    return `${(value as { code?: string }).code ?? "Error"}: ${value.message.replace(/ ?[(:].*/, "")}`;
  if (typeof value === "object" && value !== null) return value.constructor.name;
  return String(value);
}
