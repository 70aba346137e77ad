import type { FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";

/**
 * What the other threads of this process are to a context: inproc names that all share, and connections to sockets over
 * there. It moves messages between threads, and knows nothing of pipes, patterns or options of sockets.
 */
export interface Threads {
  /** Values of the context that all threads see, by libzmq's number of the option. */
  readonly shared: SharedNumbers;
  /**
   * Takes a name for this thread. Throws EADDRINUSE when another thread has it. `lost` is called if that turns out later:
   * two threads that did not know of each other yet may both have taken it.
   */
  claim(name: string, lost: () => void): void;
  release(name: string): void;
  /** Resolves when no thread that this one did not know of can come up with the name any more. */
  settled(): Promise<void>;
  /** Whether another thread has the name. */
  isElsewhere(name: string): boolean;
  /** Whether the name is free now: asks whether the thread that has it is still there. */
  freed(name: string): Promise<boolean>;
  /** Calls whoever has the name in another thread, now or later, until somebody there takes the call. */
  reach(name: string, facts: Message, caller: Caller): Reach;
  /** Sets who is told of calls from other threads. */
  serve(answer: (name: string, call: Call) => void): void;
  /** Adds to the sockets that this thread has, and returns how many all threads have. */
  countSockets(by: number): number;
  /** For a thread that blocks: takes what has arrived. False: more may come, of which nothing wakes it, so it must ask again. */
  pollNow(): boolean;
  /** This thread ends now: what is queued for others is theirs when this returns, and what it had is free. */
  leave(): void;
}

/** Numbers that all threads of the process share. */
export interface SharedNumbers {
  /** Undefined when nobody has set it. */
  get(number: number): number | undefined;
  set(number: number, value: number): void;
}

/** Who reaches for a name. */
export interface Caller {
  /** The other side took the call; `facts` are what it said of itself. Returns who hears of the passage from now on. */
  met(passage: Passage, facts: Message): PassageEvents;
  /** The other side can't talk with this one: the search is over. */
  refused(facts: Message): void;
  /** Who was called has the name no more; the search goes on. */
  missed(): void;
}

/** A search for a name; ending it twice, or after it was met, does nothing. */
export interface Reach {
  /** Whether somebody was found who has not answered yet. */
  readonly calling: boolean;
  cancel(): void;
}

/** A call from another thread, to be answered at once by one of these. */
export interface Call {
  readonly facts: Message;
  accept(facts: Message, events: (passage: Passage) => PassageEvents): void;
  /** Nobody here has the name any more: the caller searches on. */
  unknown(): void;
  refuse(facts: Message): void;
}

/**
 * One connection between two sockets of different threads, as one side has it. All that is written arrives in order, and
 * messages whole. How many messages may be on their way is for the two sides to agree on, by grants.
 */
export interface Passage {
  /** Whether there is room for the next message; if not, `drained` comes. */
  readonly writable: boolean;
  /** Whether all that was written is in the other thread's reach. */
  readonly idle: boolean;
  /** Takes a message over, room or not. Small frames are copied; larger ones must not change until it is idle. */
  write(message: Message): void;
  /** The same of many, if they have room together. Absent: never. */
  writeRun?(run: FrameRun): boolean;
  subscription(topic: Uint8Array, added: boolean): void;
  /** Says something beside the messages, in their order. */
  command(frames: Message): void;
  /** Allows the other side so many messages more. */
  grant(count: number): void;
  /** Nothing is written any more. */
  end(): void;
}

/** What a passage tells its side. */
export interface PassageEvents {
  message(message: Message): void;
  /** Many messages at once. Absent: each comes by itself. */
  run?(run: FrameRun): void;
  subscription(topic: Uint8Array, added: boolean): void;
  /** The other side said something beside the messages; sockets of other threads never do. */
  command?(frames: Message): void;
  granted(count: number): void;
  /** There is room again after `writable` said no, or all that was written is out. */
  drained(): void;
  /** The other thread took over so many messages. Who does not ask for it is not woken for it either. */
  delivered?(count: number): void;
  /** This thread ends: what is still to be written has to be written now. */
  leaving(): void;
  /** The other side ended it; `lost`: because its thread is gone, and what it had not taken over will not be. */
  ended(lost: boolean): void;
}

const nothing = (): void => {};

/** Hears nothing: for a passage on which only some things are said. */
export const DEAF: PassageEvents = {
  message: nothing,
  subscription: nothing,
  granted: nothing,
  drained: nothing,
  delivered: nothing,
  leaving: nothing,
  ended: nothing,
};

/** When things run: what the threads need of their platform. */
export interface Turns {
  /** Runs when the current run of code and its microtasks are over. */
  atEndOfTurn(run: () => void): void;
  /** Runs after pending I/O had its chance. */
  afterIo(run: () => void): void;
  /** Keeps the thread from ending by itself until as many `release` as `hold` were called. */
  hold(): void;
  release(): void;
}
