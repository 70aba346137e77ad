import type { Clock } from "../base/clock.ts";
import type { Message } from "../base/message.ts";
import type { EngineHost, Settings } from "../engine/host.ts";
import type { ConnectionMetric } from "../observe/metrics.ts";
import type { Passage, PassageEvents, Turns } from "../transports/threads.ts";
import { Link } from "../transports/threads/link.ts";
import type { Strand } from "../transports/threads/strand.ts";
import { Answers } from "./answers.ts";
import { alarm } from "./blocking.ts";
import type { AppCommand, IoCommand, PartOrder, Question, SocketFacts } from "./commands.ts";
import type { SharedMemory } from "./runtime.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** Records of options that an I/O thread is asked to remember. */
const PLACES = 32;

/** ms that it is waited for room between the threads before it is looked whether there is some. */
const LOOK_EVERY = 1;

type CommandOf<Name extends AppCommand["do"]> = Extract<AppCommand, { do: Name }>;
/** A command whose question gets its number here. */
type Unasked<Command> = Command extends { readonly ask?: number } ? Omit<Command, "ask"> : never;

/** What of a part the thread has something to tell. */
interface Told {
  accept(question: Extract<Question, { for: "pipe" }>, open: (to: PassageEvents) => Passage): void;
  listens(endpoint: string): void;
  failed(error: Error): void;
  gone(): void;
}

/** A socket, and what the thread was told of it. */
interface Member {
  readonly number: number;
  facts: SocketFacts;
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly peerIds: SharedArrayBuffer;
  /** Starts it. */
  readonly run: (memory: SharedMemory) => void;
}

/** An I/O thread, as the application has it: says what to do, and hears what happened. */
export class DistantThread {
  readonly turns: Turns;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #commands: Passage;
  readonly #answers = new Answers();
  readonly #parts: Map<number, Told> = new Map();
  readonly #members: Map<EngineHost, Member> = new Map();
  readonly #hosts: Map<number, EngineHost> = new Map();
  /** What takes back the questions about peers that were asked over there. */
  readonly #questions: Map<number, () => void> = new Map();
  readonly #places: (Settings | undefined)[] = [];
  #nextPlace = 0;
  #lastPart = 0;
  #lastMember = 0;
  readonly #hear: { readonly [Name in AppCommand["do"]]: (command: CommandOf<Name>) => void } = {
    listens: ({ part, endpoint }) => this.#parts.get(part)?.listens(endpoint),
    failed: ({ part, error }) => this.#parts.get(part)?.failed(error),
    gone: ({ part }) => this.#parts.get(part)?.gone(),
    event: ({ socket, type, fields }) => this.#hosts.get(socket)?.emit(type, fields),
    counts: ({ socket, counts }) => {
      const host = this.#hosts.get(socket);
      for (const [name, count] of Object.entries(counts)) {
        if (host !== undefined) host.connections[name as ConnectionMetric] += count; // the same table over there
      }
    },
    judge: (command) => this.#judge(command),
    withdraw: ({ question }) => {
      this.#questions.get(question)?.();
      this.#questions.delete(question);
    },
  };

  constructor({ clock, turns, peerIds, run }: ThreadStart) {
    this.turns = turns;
    this.#clock = clock;
    const memory = { link: Link.memory(), answers: this.#answers.memory, alarm, peerIds };
    this.#link = new Link(memory.link, 0, turns, {
      called: (strand, question) => this.#called(strand, decodeValue<Question>(question)),
      closed: () => this.#ended(),
      eager: true,
    });
    this.#commands = this.call({ for: "commands" }, this.#listen());
    run(memory);
    this.#link.poll();
  }

  /** How much it has to do: parts. */
  get load(): number {
    return this.#parts.size;
  }

  add(part: Told): number {
    this.#parts.set(++this.#lastPart, part);
    return this.#lastPart;
  }

  remove(part: number): void {
    this.#parts.delete(part);
  }

  /** Makes a socket known to it. */
  join(host: EngineHost): void {
    if (this.#members.has(host)) return;
    const number = ++this.#lastMember;
    const facts = factsOf(host);
    this.#members.set(host, { number, facts });
    this.#hosts.set(number, host);
    this.say({ do: "facts", socket: number, ...facts });
  }

  numberOf(host: EngineHost): number {
    const member = this.#members.get(host);
    if (member === undefined) throw new Error("bug: a socket that did not join");
    return member.number;
  }

  /** What the socket answers may have changed. */
  changed(host: EngineHost): void {
    const member = this.#members.get(host);
    if (member === undefined) return;
    const facts = factsOf(host);
    if (same(facts, member.facts)) return;
    member.facts = facts;
    this.say({ do: "facts", socket: member.number, ...facts });
  }

  /** The socket has wholly ended. */
  forget(host: EngineHost): void {
    const member = this.#members.get(host);
    if (member === undefined) return;
    this.#members.delete(host);
    this.#hosts.delete(member.number);
    this.say({ do: "forget", socket: member.number });
  }

  /** A record of options as it crosses: whole, or by its place when it crossed before. */
  place(settings: Settings): PartOrder["settings"] {
    const known = this.#places.indexOf(settings);
    if (known >= 0) return { place: known };
    const place = this.#nextPlace;
    this.#nextPlace = (place + 1) % PLACES;
    this.#places[place] = settings;
    return { place, values: settings };
  }

  call(question: Question, events: PassageEvents): Passage {
    return this.#link.call(encodeValue(question), events);
  }

  /**
   * Says it after all that was said and sent before, whatever it belongs to: so it is waited for room, which the thread
   * always makes.
   */
  say(command: IoCommand): void {
    this.#waitForRoom();
    this.#commands.command(encodeValue(command));
    this.#waitForRoom();
  }

  /** Says it and waits, blocked, for the answer: an endpoint. Throws what went wrong. */
  ask(command: Unasked<IoCommand>): string {
    const ask = this.#answers.next();
    this.say({ ...command, ask });
    const answer = this.#answers.take(this.#clock, () => this.#push());
    for (const said of answer.said) this.#heard(said);
    if ("error" in answer) throw answer.error;
    return answer.endpoint;
  }

  flushSync(part: number, limit: number): void {
    this.ask({ do: "flush", limits: [[part, limit]] });
  }

  /** For whoever blocks: hears all there is to hear (blocking.ts). */
  pollNow(): true {
    this.#link.pollNow();
    return true;
  }

  /** The thread is no more. */
  lose(): void {
    this.#link.lose();
  }

  #waitForRoom(): void {
    while (this.#push()) Atomics.wait(NEVER, 0, 0, LOOK_EVERY);
  }

  #push(): boolean {
    this.#link.push();
    return this.#link.stuck && !this.#link.closed;
  }

  #listen(): PassageEvents {
    const nothing = (): void => {};
    return {
      message: nothing,
      subscription: nothing,
      command: (frames: Message) => {
        this.#heard(decodeValue<AppCommand>(frames));
      },
      granted: nothing,
      drained: nothing,
      leaving: nothing,
      ended: nothing,
    };
  }

  #heard(command: AppCommand): void {
    this.#hear[command.do](command as never); // the one of that name
  }

  #called(strand: Strand, question: Question): void {
    if (question.for !== "pipe") throw new Error("bug: an I/O thread has no commands of its own");
    this.#parts.get(question.part)?.accept(question, (events) => {
      strand.events = events;
      return strand;
    });
  }

  #judge({ socket, question, applicant }: CommandOf<"judge">): void {
    const host = this.#hosts.get(socket);
    const answered = (outcome: Parameters<Parameters<EngineHost["authenticate"]>[1]>[0]): void => {
      if (this.#questions.delete(question)) this.say({ do: "judged", question, outcome });
    };
    this.#questions.set(question, () => {});
    const cancel = host?.authenticate(applicant, answered);
    if (cancel !== undefined && this.#questions.has(question)) this.#questions.set(question, cancel);
  }

  /** With the thread, all that it had ended. */
  #ended(): void {
    for (const part of this.#parts.values()) part.gone();
  }
}

/** A word that nobody ever counts up: to wait for time to pass. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

function factsOf(host: EngineHost): SocketFacts {
  const { role, watched, judges, departed } = host;
  const [onlyFirstSubscribe, linger] = [host.onlyFirstSubscribe(), host.linger()];
  return { type: role.name, watched, judges, departed, onlyFirstSubscribe, linger };
}

function same(one: SocketFacts, other: SocketFacts): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof SocketFacts] === value);
}
