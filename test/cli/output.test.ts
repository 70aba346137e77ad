import assert from "node:assert/strict";
import { test } from "node:test";
import { Output, type Sink } from "../../src/cli/output.ts";

class Paper implements Sink {
  readonly writes: string[] = [];
  takes = true;
  #drain: () => void = () => undefined;

  write(bytes: Buffer): boolean {
    this.writes.push(bytes.toString());
    return this.takes;
  }

  once(_event: "drain", run: () => void): void {
    this.#drain = run;
  }

  drain(): void {
    this.#drain();
  }
}

test("what one turn prints is one write", async () => {
  const paper = new Paper();
  const output = new Output(paper);
  assert.equal(output.print(Buffer.from("a")), undefined);
  void output.print(Buffer.from("b"));
  assert.deepEqual(paper.writes, []);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(paper.writes, ["ab"]);
});

test("much is written at once, and a reader that is behind is waited for", async () => {
  const paper = new Paper();
  const output = new Output(paper);
  paper.takes = false;
  const behind = output.print(Buffer.alloc(70_000));
  assert.equal(paper.writes.length, 1);
  assert.ok(behind instanceof Promise);
  paper.drain();
  await behind;
  assert.equal(output.print(Buffer.from("c")), undefined);
  output.flush();
  output.flush();
  assert.equal(paper.writes.length, 2);
});
