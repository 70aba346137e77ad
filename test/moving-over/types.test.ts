import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Installed } from "./installed.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const THIS_COMPILER = { compiler: path.join(ROOT, "node_modules/typescript"), version: "7.0" };

interface Resolution {
  readonly moduleResolution: string;
  readonly type: string;
  readonly to: number;
}

/** scripts/typed-program.mjs, which is not TypeScript; scripts/compilers.mjs goes through older compilers with it. */
interface TypedProgram {
  readonly RESOLUTIONS: readonly Resolution[];
  compile(what: { folder: string; zeromq: string; compiler: string; version: string; resolution: Resolution }): string;
}

describe("a typed program for zeromq.js", async () => {
  const script = new URL("../../../scripts/typed-program.mjs", import.meta.url);
  const { compile, RESOLUTIONS } = (await import(script.href)) as TypedProgram; // the script's shape
  let installed: Installed;
  before(() => (installed = new Installed()));
  after(() => installed.remove());

  const compiled = (zeromq: string, resolution: Resolution): string =>
    compile({ folder: mkdtempSync(path.join(installed.folder, "typed-")), zeromq, resolution, ...THIS_COMPILER });

  for (const resolution of RESOLUTIONS.filter(({ to }) => to === 7)) {
    test(`compiles with ${resolution.moduleResolution} in a package of type ${resolution.type}`, () => {
      assert.equal(compiled(installed.zeromq, resolution), "");
    });
  }

  test("compiles with zeromq.js itself", () => {
    const bundler = RESOLUTIONS.find(({ moduleResolution }) => moduleResolution === "bundler");
    assert.ok(bundler !== undefined);
    assert.equal(compiled(path.join(ROOT, "node_modules/zeromq"), bundler), "");
  });
});
