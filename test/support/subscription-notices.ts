import assert from "node:assert/strict";
import type { XPublisher } from "../../src/index.ts";

/** The next thing an XPUB receives: "+A" and "-A" for subscriptions to A, or the frames of data. */
export async function notice(pub: XPublisher): Promise<string> {
  const message = await pub.receive({ timeout: 5000 });
  const [first] = message;
  if (message.length === 1 && first !== undefined && (first[0] ?? 9) <= 1) {
    return `${first[0] === 1 ? "+" : "-"}${first.subarray(1).toString("latin1")}`;
  }
  return message.map(String).join("|");
}

/** Checks the next ones. */
export async function notices(pub: XPublisher, ...expected: string[]): Promise<void> {
  for (const each of expected) assert.equal(await notice(pub), each);
}
