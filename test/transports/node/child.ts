import { type ChildProcess, spawn } from "node:child_process";
import { until } from "../../conformance/recorders.ts";

/** How long a child may take to say something or to end, in ms: on a busy machine it may take seconds to start. */
const PATIENCE = 30_000;

/** A process of its own that runs a module's text, and what it has said. */
export interface Child {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** Waits until it has said something that matches. */
  hear(what: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, once it has one. */
  exit(): Promise<number | null>;
}

/**
 * Starts a child; imports in `source` that begin with "src/" mean this package's. `limit` is its number of descriptors,
 * `flags` are those of Node.js.
 */
export function child(source: string, limit?: number, flags: readonly string[] = []): Child {
  const root = new URL("../../../", import.meta.url).href;
  const text = source.replaceAll(/"(src\/[^"]+)\.ts"/g, `"${root}$1.js"`);
  const node = [process.execPath, ...flags, "--input-type=module", "-e", text];
  const shell = ["bash", "-c", `ulimit -n ${limit}; exec "$@"`, "bash"];
  const [command = "", ...more] = limit === undefined ? node : [...shell, ...node];
  const started = spawn(command, more, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let code: number | null | undefined;
  started.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  started.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
  started.on("close", (status) => (code = status));
  return {
    process: started,
    said: () => said,
    async hear(what) {
      await until(`${what} from a child, which said ${said}`, () => what.test(said) || code !== undefined, PATIENCE);
      const heard = what.exec(said);
      if (heard === null) throw new Error(`the child ended with ${code} and said ${said}`);
      return heard;
    },
    async exit() {
      await until("a child's end", () => code !== undefined, PATIENCE);
      return code ?? null;
    },
  };
}
