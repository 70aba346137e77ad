import type { Message } from "../base/message.ts";
import { lendAlone } from "../base/lending.ts";
import type { Role } from "../engine/host.ts";
import { Link } from "../transports/threads/link.ts";
import type { Strand } from "../transports/threads/strand.ts";
import { Answers } from "./answers.ts";
import { IoThread } from "./io-thread.ts";
import type { IoRuntime, SharedMemory } from "./runtime.ts";
import type { Acquaintance } from "./siblings.ts";

/** What there must be to run an I/O thread: a platform. */
export type IoPlatform = Omit<IoRuntime, "nextPeerId" | "role">;

/**
 * Makes this thread an I/O thread of the application that shares the memory. `role` finds socket types. What is returned
 * makes it known to another one.
 */
export function runIoThread(
  memory: SharedMemory,
  platform: IoPlatform,
  role: (name: string) => Role,
): (other: Acquaintance) => void {
  lendAlone();
  const peerIds = new Int32Array(memory.peerIds);
  const runtime: IoRuntime = {
    ...platform,
    role,
    nextPeerId: () => Atomics.add(peerIds, 0, 1) + 1,
  };
  const thread = new IoThread(runtime, new Answers(memory.answers));
  const alarm = { words: new Int32Array(memory.alarm), at: 0 };
  // With the application, this thread ends.
  const closed = (): void => {};
  const called = (strand: Strand, question: Message): void => thread.called(strand, question);
  thread.begin(new Link(memory.link, 1, runtime, { called, closed, alarm }));
  return (other) => thread.meet(other);
}
