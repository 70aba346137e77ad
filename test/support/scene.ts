import assert from "node:assert/strict";
import type { Ending } from "../../src/engine/ending.ts";
import type { Role } from "../../src/engine/host.ts";
import { pipeSettings } from "../../src/engine/pipes.ts";
import { Session, type SessionOwner } from "../../src/engine/session.ts";
import type { Options } from "../../src/options/table.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { FakeHost, role, settings } from "./engine-host.ts";
import { MemoryStream } from "./memory-transport.ts";
import { hello } from "./peer-bytes.ts";

/** A DEALER's session with a stream, and what became of it. */
export class Scene implements SessionOwner {
  readonly endpoint = "mem://here";
  readonly dialed: boolean;
  readonly cautious = false;
  readonly host: FakeHost;
  readonly stream: MemoryStream = new MemoryStream("mem://peer");
  readonly session: Session;
  readonly ends: Ending[] = [];
  joins = 0;
  wanted = true;
  readonly #options: ReturnType<typeof settings>;

  /** `dialed` false: it accepted just now, and waits for the peer's first bytes; undefined: it waited in vain. */
  constructor(changes: Partial<Options> = {}, as: Role = role("DEALER"), dialed?: boolean) {
    this.dialed = dialed === true;
    this.host = new FakeHost(as);
    this.#options = settings(changes);
    this.session = new Session(this.host, this.#options, this, this.stream);
    this.session.begin();
    if (dialed !== false) this.host.pass(dialed === true ? 0 : 10);
  }

  /** The same with its handshake done, and what was sent so far forgotten. */
  static ready(changes: Partial<Options> = {}, as?: Role): Scene {
    const scene = new Scene(changes, as);
    scene.stream.arrive(hello("ROUTER", "peer"));
    scene.host.turn();
    scene.stream.taken();
    return scene;
  }

  join(): Pipe | null {
    this.joins++;
    if (!this.wanted) return null;
    const near = Pipe.pair(pipeSettings(this.#options));
    this.host.attach(near);
    return near.far;
  }

  ended(session: Session, why: Ending): void {
    assert.equal(session, this.session);
    this.ends.push(why);
    for (const pipe of this.host.pipes) pipe.far.finish("peer-lost");
  }

  /** Checks that it ended once, for that reason, and left nothing behind. */
  checkEnd(kind: Ending["kind"]): void {
    this.session.end({ kind: "lost", reason: "once more" });
    assert.deepEqual(
      this.ends.map((end) => end.kind),
      [kind],
    );
    assert.ok(this.stream.over !== null);
    assert.equal(this.session.established, false);
    this.host.checkOver(0);
  }

  get received(): (string | undefined)[] {
    const texts = [];
    for (let message = this.host.pipe.read(); message !== undefined; message = this.host.pipe.read()) {
      texts.push(message.map(String).join("|"));
    }
    return texts;
  }
}
