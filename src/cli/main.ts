#!/usr/bin/env node
/** The `zmq` command: finds the verb, and turns what becomes of it into an exit code. */
import { createRequire } from "node:module";
import { nearest, parse } from "./args.ts";
import { EXIT, exitCode, explain, UsageError } from "./failure.ts";
import { overview, verbPage } from "./help.ts";
import { watchInterrupts } from "./interrupt.ts";
import { VERBS } from "./verbs.ts";

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return show(overview(VERBS));
  if (name === "--version" || name === "-V") return show(`${version()}\n`);
  const verb = VERBS.find((each) => each.name === name);
  if (verb === undefined) throw unknownVerb(name);
  const args = parse(rest, { ...verb.options, ...verb.flags });
  if (args.values["help"] === true) return show(verbPage(verb));
  return (await verb.run(args)) ?? EXIT.ok;
}

function show(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

function version(): string {
  const { version } = createRequire(import.meta.url)("zeromq-ts/package.json") as { version: string }; // npm's own rule
  return version;
}

function unknownVerb(name: string): UsageError {
  const names = VERBS.map((verb) => verb.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `verbs are ${names.join(", ")}` : `did you mean ${near}?`;
  return new UsageError(`there is no verb "${name}"; ${hint}`);
}

/** Whoever reads our output has enough (`zmq sub … | head -1`): that is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.error),
);
watchInterrupts();

const words = process.argv.slice(2);
// Until the verb is through: should nothing hold the process any more before that, it did not end well.
process.exitCode = EXIT.error;
try {
  process.exitCode = await main(words);
} catch (error) {
  const verb = VERBS.find((each) => each.name === words[0]);
  console.error(explain(error, verb?.name));
  process.exitCode = exitCode(error);
}
