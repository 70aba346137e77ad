import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a program said, and how it ended. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A folder in which the package is installed under zeromq.js' name, as by `npm install zeromq@npm:zeromq-ts`, beside a
 * package that depends on `zeromq`.
 */
export class Installed {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), "moving-over-"));
  readonly zeromq: string = path.join(this.folder, "node_modules/zeromq");

  constructor() {
    mkdirSync(this.zeromq, { recursive: true });
    const build = [path.join(ROOT, "scripts/build.mjs"), path.join(this.zeromq, "dist")];
    const { status, stdout } = spawnSync(process.execPath, build, { encoding: "utf8" });
    if (status !== 0) throw new Error(stdout);
    cpSync(path.join(ROOT, "package.json"), path.join(this.zeromq, "package.json"));
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      dependencies?: object;
    }; // package.json's shape
    for (const name of Object.keys(dependencies)) {
      symlinkSync(path.join(ROOT, "node_modules", name), path.join(this.folder, "node_modules", name), "dir");
    }
    this.write(
      "node_modules/dependant/package.json",
      '{ "name": "dependant", "version": "1.0.0", "main": "index.js" }',
    );
    this.write("node_modules/dependant/index.js", 'exports.zmq = require("zeromq");');
  }

  /** Puts a file into the folder and tells where it is. */
  write(file: string, text: string): string {
    const at = path.join(this.folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
    return at;
  }

  /** Runs a program to its end. */
  run(file: string, text: string): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.write(file, text)], {
      cwd: this.folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
