import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { until } from "../conformance/recorders.ts";
import { Zmq } from "./zmq.ts";

/** Children of a process, where /proc tells of them. */
function childrenOf(pid: number | undefined): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

/** Gone, or ended and only not yet fetched by its new parent. */
function gone(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return true;
  }
}

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("zmq-demo-"));
}

test("the demo's books balance, also with its legs on libzmq, and nothing is left of it", async (t) => {
  const before = folders();
  const demo = new Zmq(t, "demo", "--seconds", "2");
  await demo.hear(/ 1 s {2}relay out/);
  const children = childrenOf(demo.process.pid);
  const { code, out, err } = await demo.end();
  assert.equal(err, "");
  assert.equal(code, 0, out);
  assert.match(out, /^On libzmq 4\.\d+\.\d+ \(npm zeromq\): one archive, one requester, one listener, one worker/m);
  const sums = [...out.matchAll(/^ {2}(\S.*?) +([\d,]+) sent = ([\d,]+) received \+ 0 queued \+ ([\d,]+)/gm)];
  const number = (text: string | undefined): number => Number(text?.replaceAll(",", ""));
  assert.deepEqual(
    sums.map(([, link]) => link),
    ["requests", "replies", "weather", "tasks", "results", "relay in", "relay out"],
  );
  for (const [line, , sent, received, dropped] of sums) {
    assert.ok(number(received) > 100, line);
    assert.equal(number(sent), number(received) + number(dropped), line);
  }
  assert.match(out, /weather .*no-subscriber.* dropped\n/);
  assert.match(out, /The books balance\.\n$/);
  assert.deepEqual(
    children.filter((pid) => !gone(pid)),
    [],
  );
  assert.deepEqual(
    folders().filter((name) => !before.includes(name)),
    [],
  );
});

test("a demo that is interrupted leaves no process and no file behind", async (t) => {
  const before = folders();
  const demo = new Zmq(t, "demo", "--seconds", "60");
  await demo.hear(/ s {4}link/);
  const children = childrenOf(demo.process.pid);
  demo.process.kill("SIGINT");
  assert.equal((await demo.end()).code, 130);
  await until("all children are gone", () => children.every(gone));
  assert.deepEqual(
    folders().filter((name) => !before.includes(name)),
    [],
  );
});

test("a demo whose director is killed ends too, and cleans up", async (t) => {
  const before = folders();
  const demo = new Zmq(t, "demo", "--seconds", "60");
  await demo.hear(/ s {4}link/);
  const children = childrenOf(demo.process.pid);
  demo.process.kill("SIGKILL");
  await until("all children are gone", () => children.every(gone));
  const left = folders().filter((name) => !before.includes(name));
  assert.deepEqual(left, []);
});
