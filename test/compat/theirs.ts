import { SCENARIOS, transcript } from "./scenarios.ts";
import { theirs } from "./transcript.ts";

/** Runs scenarios on zeromq.js, from the one that the command line names, and says what each said in a line of JSON. */
const names = Object.keys(SCENARIOS);
for (const name of names.slice(names.indexOf(process.argv[2] ?? ""))) {
  const lines = await transcript(theirs, SCENARIOS[name] as NonNullable<(typeof SCENARIOS)[string]>); // one of its names
  process.stdout.write(`${JSON.stringify(lines)}\n`);
}
// Whoever started it ends it: what libzmq still waits for when a process ends is not waited for.
setInterval(() => undefined, 60_000);
