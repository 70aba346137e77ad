import { createRequire } from "node:module";
import path from "node:path";

/** npm `zeromq`, which is libzmq, as found from here or from where the command runs; throws when it can't be loaded. */
export function loadLibzmq(): object {
  try {
    return load(import.meta.url);
  } catch {
    return load(path.join(process.cwd(), "package.json"));
  }
}

function load(from: string): object {
  return createRequire(from)("zeromq") as object;
}
