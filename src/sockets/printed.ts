import { coreOf } from "./core-of.ts";

/** How Node.js asks an object what `console.log` and `util.inspect` should show of it. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options: object) => string;

/** Makes sockets print as what they are; with no options of theirs, some of which are secrets. */
export function printPlainly(prototype: object): void {
  const value = function (this: object, _depth: number, options: object, inspect: Inspect): string {
    const { endpoints, store, closed } = coreOf(this);
    const facts = { lastEndpoint: endpoints.last, securityMechanism: store.get("securityMechanism"), closed };
    return `${this.constructor.name} ${inspect(facts, options)}`;
  };
  Object.defineProperty(prototype, INSPECT, { value });
}
