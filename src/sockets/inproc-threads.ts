import { allocateSmall, EMPTY, readU32, text, utf8, writeU32 } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";
import { Crossing } from "../engine/crossing.ts";
import { pipeSettings } from "../engine/pipes.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { Call, Passage, PassageEvents } from "../transports/threads.ts";
import { greet, inprocPeer, ownId, reportMismatch, setShares, type Marks } from "./inproc-meeting.ts";
import type { ContextSelf, SocketSelf } from "./self.ts";

/** What two sockets of different threads have to know of each other. */
export interface Facts extends Marks {
  readonly type: string;
  readonly routingId: Uint8Array;
  /** What this one wants to receive when the other leaves (ZMQ_DISCONNECT_MSG). */
  readonly farewell: Uint8Array | null;
}

/** What a socket says of itself. */
export function factsOf(core: SocketSelf): Message {
  const { disconnectMessage, sendHighWaterMark, receiveHighWaterMark } = core.options;
  const marks = allocateSmall(8);
  writeU32(marks, 0, sendHighWaterMark);
  writeU32(marks, 4, receiveHighWaterMark);
  return [utf8(core.type.name), ownId(core), disconnectMessage ?? EMPTY, marks];
}

/** The opposite: what comes was written by `factsOf` in another thread. */
export function readFacts(facts: Message): Facts {
  const [type, routingId, farewell, marks] = facts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const [sendHighWaterMark, receiveHighWaterMark] = [readU32(marks, 0), readU32(marks, 4)];
  const says = farewell.length === 0 ? null : farewell;
  return { type: text(type), routingId, farewell: says, sendHighWaterMark, receiveHighWaterMark };
}

/** A socket of another thread calls for a name of this one. */
export function answerCall(context: ContextSelf, name: string, call: Call): void {
  const core = context.names.lookup(name);
  if (core === undefined) return call.unknown();
  const theirs = readFacts(call.facts);
  if (!core.type.peers.some((type) => type === theirs.type)) {
    reportMismatch(core, name, theirs.type, core.type.name);
    return call.refuse(factsOf(core));
  }
  call.accept(factsOf(core), (passage) => {
    const pipe = Pipe.pair(pipeSettings(core.options));
    core.attach(pipe);
    return cross(core, pipe, passage, { name, theirs, dialed: false });
  });
}

/** Joins a socket's pipe with a passage to a socket in another thread. */
export function cross(
  core: SocketSelf,
  pipe: Pipe,
  passage: Passage,
  { name, theirs, dialed }: { name: string; theirs: Facts; dialed: boolean },
): PassageEvents {
  const crossing = new Crossing(core, pipe.far, passage, dialed ? null : core.options.disconnectMessage);
  setShares(pipe, core.options, theirs);
  greet(core, pipe);
  crossing.begin(inprocPeer(core, { socketType: theirs.type, routingId: theirs.routingId, dialed }, name));
  return crossing;
}
