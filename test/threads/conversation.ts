import assert from "node:assert/strict";
import { SOCKETS } from "../../src/sockets/index.ts";
import type { SocketType } from "../../src/sockets/type.ts";
import { ask, asked, hear, inOrder, say, type Side } from "../conformance/dialog.ts";

/** Small and large, of one frame and of several; 100,000 bytes have no room in one record of a ring, a million in all of it. */
const BODIES = [["one"], ["a", "", "c"], ["x".repeat(100_000), "y"], ["z".repeat(1_000_000), "z".repeat(20_000)]];

const SUBSCRIBERS = ["SUB", "XSUB", "DISH"];

/** The socket type of a name. */
export function named(name: string): SocketType {
  const type = SOCKETS.find((each) => each.name === name);
  assert.ok(type, `there is no socket type ${name}`);
  return type;
}

/** One half of a conversation; the other thread has the other. `binds`: whether this one bound. */
export async function converse(own: Side, other: { readonly type: SocketType }, binds: boolean): Promise<void> {
  const [first, second] = binds ? inOrder(own, other) : inOrder(other, own);
  if (first === own && SUBSCRIBERS.includes(second.type.name)) await asked(own);
  if (second === own) await ask(own);
  const answers = second.type.sends && first.type.receives && second.type.name !== "XPUB";
  for (const body of BODIES) {
    if (first === own) await say(own, second, body);
    else await hear(own, first, body);
    if (!answers) continue;
    if (second === own) await say(own, first, ["re", ...body]);
    else await hear(own, second, ["re", ...body]);
  }
}
