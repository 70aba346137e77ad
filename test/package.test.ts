import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A program that ends by itself when a message has gone from one socket to another. */
const TALK = `
  const pull = new zmq.Pull();
  const push = new zmq.Push();
  pull.bindSync("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint);
  push.send(["it", "works"]);
  pull.receive().then((message) => console.log(message.join(" ")));`;

describe("the package, built", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "package-"));
    const build = [path.join(ROOT, "scripts/build.mjs"), path.join(folder, "dist")];
    const { status, stdout } = spawnSync(process.execPath, build, { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program that can see nothing but the package, under its own name. */
  function run(file: string, text: string): string {
    writeFileSync(path.join(folder, file), text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  test("can be imported", () => {
    assert.equal(run("imports.mjs", `import * as zmq from "zeromq-ts";${TALK}`), "it works\n");
  });

  test("can be required", () => {
    assert.equal(run("requires.cjs", `const zmq = require("zeromq-ts");${TALK}`), "it works\n");
  });

  test("can be required and imported by the path of its main file, as one module", () => {
    const both = `const zmq = require("./dist/index.js");
      import("zeromq-ts").then((module) => console.log(module.Push === zmq.Push));`;
    assert.equal(run("both.cjs", both), "true\n");
  });

  test("offers its wire codec on a path of its own", () => {
    const wire = 'import * as wire from "zeromq-ts/wire"; console.log(Object.keys(wire).length > 0);';
    assert.equal(run("wire.mjs", wire), "true\n");
  });

  test("has one set of classes, whichever entry they come by", () => {
    const classes = `import * as zmq from "zeromq-ts"; import { Server } from "zeromq-ts/draft";
      console.log(Object.getPrototypeOf(Server) === zmq.Socket, "linger" in zmq.Socket.prototype, zmq.Push.name);`;
    assert.equal(run("classes.mjs", classes), "true true Push\n");
  });

  test("finds the files that its I/O threads run", () => {
    const talk = TALK.replaceAll("()", "({ context })").replace("receive({ context })", "receive()");
    const context = 'import * as zmq from "zeromq-ts"; const context = new zmq.Context({ background: true });';
    assert.equal(run("threads.mjs", `${context}${talk}`), "it works\n");
  });

  test("finds the files that its command runs in processes", () => {
    const command = [path.join(folder, "dist/cli/main.js"), "demo", "--seconds", "1"];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /The books balance/);
  });

  test("needs one other package, for CURVE, and runs nothing when it is installed", () => {
    const { dependencies = {}, scripts } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
      dependencies?: object;
      scripts: Record<string, string>;
    }; // package.json's shape
    assert.deepEqual(Object.keys(dependencies), ["libsodium-sumo"]);
    for (const script of ["preinstall", "install", "postinstall"]) assert.equal(scripts[script], undefined);
  });

  test("has every file that its exports and imports name", () => {
    const { exports, imports, main, types } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
      exports: object;
      imports: Record<string, { default: string }>;
      main: string;
      types: string;
    }; // package.json's shape
    const named = [
      main,
      types,
      imports["#platform"]?.default ?? "",
      ...JSON.stringify(exports).matchAll(/"(\.\/dist[^"]*)"/g),
    ];
    for (const each of named) {
      const file = typeof each === "string" ? each : (each[1] ?? "");
      assert.ok(existsSync(path.join(folder, file)), `${file} is missing`);
    }
  });
});
