import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Installed } from "./installed.ts";

/** A program that ends by itself when a message has gone from one socket to another. */
const TALK = `
  const pull = new zmq.Pull();
  const push = new zmq.Push();
  pull.bindSync("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint);
  push.send("it works");
  pull.receive().then(([message]) => console.log(String(message)));`;

/** Paths by which programs reach into zeromq.js, and one name that each of them must lead to. */
const PATHS = {
  zeromq: "Push",
  "zeromq/lib": "Push",
  "zeromq/lib/index": "Push",
  "zeromq/lib/index.js": "Push",
  "zeromq/draft": "Radio",
  "zeromq/draft.js": "Radio",
  "zeromq/lib/draft": "Radio",
  "zeromq/lib/draft.js": "Radio",
  "zeromq/v5-compat": "createSocket",
  "zeromq/v5-compat.js": "createSocket",
  "zeromq/lib/compat": "createSocket",
  "zeromq/lib/compat.js": "createSocket",
} as const;

describe("the package in zeromq.js' place", () => {
  let installed: Installed;
  before(() => (installed = new Installed()));
  after(() => installed.remove());

  function prints(file: string, program: string, expected: string): void {
    const { status, stdout, stderr } = installed.run(file, program);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${expected}\n`, stderr: "" });
  }

  test("is what CommonJS requires, whole and by name", () => {
    prints("whole.cjs", `const zmq = require("zeromq");${TALK}`, "it works");
    prints("named.cjs", `const { Pull, Push } = require("zeromq"); const zmq = { Pull, Push };${TALK}`, "it works");
  });

  test("is what ES modules import: by name, as a namespace, and as the default", () => {
    prints("named.mjs", `import { Pull, Push } from "zeromq"; const zmq = { Pull, Push };${TALK}`, "it works");
    prints("namespace.mjs", `import * as zmq from "zeromq";${TALK}`, "it works");
    prints("default.mjs", `import zmq from "zeromq";${TALK}`, "it works");
    prints("dynamic.mjs", `const zmq = await import("zeromq");${TALK}`, "it works");
  });

  test("is what compilers make of imports in CommonJS", () => {
    const imported = `const whole = require("zeromq");
      const importDefault = (mod) => (mod && mod.__esModule ? mod : { default: mod });`;
    prints("default.cjs", `${imported} const zmq = importDefault(whole).default;${TALK}`, "it works");
    prints("star.cjs", `const zmq = { ...require("zeromq") };${TALK}`, "it works");
  });

  test("is there on every path of zeromq.js, by require and by import, as the same module", () => {
    for (const [path, name] of Object.entries(PATHS)) {
      const same = `const required = require("${path}");
        import("${path}").then((imported) => {
          console.log(typeof required.${name}, required.${name} === imported.${name}, required.${name} === imported.default.${name});
        });`;
      prints("path.cjs", same, "function true true");
    }
    prints("package.cjs", 'console.log(require("zeromq/package.json").name);', "zeromq-ts");
  });

  test("is what a package that depends on zeromq gets, with the same classes", () => {
    const same = 'console.log(require("dependant").zmq.Socket === require("zeromq").Socket)';
    prints("dependant.cjs", same, "true");
  });

  test("serves zeromq.js 5's API beside that of 6", () => {
    const mixed = `const zmq = require("zeromq/v5-compat");
      const { Push } = require("zeromq");
      const pull = zmq.socket("pull");
      pull.on("message", (message) => { console.log(String(message)); pull.close(); });
      pull.bind("tcp://127.0.0.1:*", (error) => {
        if (error) throw error;
        const push = new Push();
        push.connect(pull.last_endpoint);
        push.send("it works");
      });`;
    prints("mixed.cjs", mixed, "it works");
  });
});
