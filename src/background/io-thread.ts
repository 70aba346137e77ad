import type { Message } from "../base/message.ts";
import { DatagramEndpoint } from "../engine/datagram-endpoint.ts";
import { Dialer } from "../engine/dialer.ts";
import type { Applicant, NoVerdict, Settings } from "../engine/host.ts";
import { Listener } from "../engine/listener.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import type { Link } from "../transports/threads/link.ts";
import type { Strand } from "../transports/threads/strand.ts";
import type { Verdict } from "../wire/connection.ts";
import type { Answers } from "./answers.ts";
import type { AppCommand, IoCommand, PartOrder, Question, SocketFacts } from "./commands.ts";
import { DistantSocket, PartHost, type PartHostLink } from "./part-host.ts";
import type { IoRuntime } from "./runtime.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** What a part is here, whichever it is. */
interface Part {
  close(): void;
  abort(): void;
  flushSync(limit: number): void;
}

type CommandOf<Name extends IoCommand["do"]> = Extract<IoCommand, { do: Name }>;

/**
 * An I/O thread: has the dialers, listeners and sessions of the sockets of one application thread, and does what that says.
 *
 * It decides nothing. Commands come through one passage, in order; each pipe has another.
 */
export class IoThread implements PartHostLink {
  readonly runtime: IoRuntime;
  #link: Link | null = null;
  readonly #answers: Answers;
  #commands: Passage | null = null;
  readonly #sockets: Map<number, DistantSocket> = new Map();
  readonly #hosts: Map<number, PartHost> = new Map();
  readonly #parts: Map<number, Part> = new Map();
  /** Pipes of dialers, which come right before these are ordered. */
  readonly #pipes: Map<number, (events: PassageEvents) => Passage> = new Map();
  readonly #settings: Settings[] = [];
  readonly #questions: Map<number, (outcome: Verdict | NoVerdict) => void> = new Map();
  #asked = 0;
  /** What is said while a question is answered goes with the answer. */
  #meanwhile: AppCommand[] | null = null;
  readonly #do: { readonly [Name in IoCommand["do"]]: (command: CommandOf<Name>) => void } = {
    facts: ({ socket, ...facts }) => this.#learn(socket, facts),
    listen: (command) => this.#listen(command),
    dial: (command) => this.#dial(command),
    connect: (command) => this.#connect(command),
    close: ({ part, ask }) => this.#answer(ask, () => this.#parts.get(part)?.close()),
    abort: ({ part }) => this.#parts.get(part)?.abort(),
    judged: ({ question, outcome }) => {
      this.#questions.get(question)?.(outcome);
      this.#questions.delete(question);
    },
    flush: ({ limits, ask }) =>
      this.#answer(ask, () => {
        for (const [part, limit] of limits) this.#parts.get(part)?.flushSync(limit);
      }),
    forget: ({ socket }) => void this.#sockets.delete(socket),
  };

  constructor(runtime: IoRuntime, answers: Answers) {
    this.runtime = runtime;
    this.#answers = answers;
  }

  /** From now on it hears the application. */
  begin(link: Link): void {
    this.#link = link;
    link.poll();
  }

  /** The application opens a passage. */
  called(strand: Strand, frames: Message): void {
    const question = decodeValue<Question>(frames);
    if (question.for === "commands") {
      this.#commands = strand;
      strand.events = this.#hear();
      return;
    }
    this.#pipes.set(question.part, (events) => {
      strand.events = events;
      return strand;
    });
  }

  // What parts ask.

  tellEvent({ number }: DistantSocket, type: EventType, fields: EventFields): void {
    this.#say({ do: "event", socket: number, type, fields });
  }

  tellCounts(socket: DistantSocket): void {
    const counts = socket.takeCounts();
    if (counts !== null) this.#say({ do: "counts", socket: socket.number, counts });
  }

  judge({ number }: DistantSocket, applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void {
    const question = ++this.#asked;
    this.#questions.set(question, answer);
    this.#say({ do: "judge", socket: number, question, applicant });
    return () => {
      if (this.#questions.delete(question)) this.#say({ do: "withdraw", question });
    };
  }

  callSocket(question: Question, events: PassageEvents): Passage {
    if (this.#link === null) throw new Error("bug: a pipe before the application was heard");
    return this.#link.call(encodeValue(question), events);
  }

  over(part: number): void {
    this.#hosts.delete(part);
    this.#parts.delete(part);
    this.#say({ do: "gone", part });
  }

  #hear(): PassageEvents {
    const nothing = (): void => {};
    return {
      message: nothing,
      subscription: nothing,
      command: (frames) => {
        const command = decodeValue<IoCommand>(frames);
        this.#do[command.do](command as never); // the one of that name
      },
      granted: nothing,
      drained: nothing,
      leaving: nothing,
      ended: nothing,
    };
  }

  #learn(number: number, facts: SocketFacts): void {
    const known = this.#sockets.get(number);
    if (known !== undefined) known.facts = facts;
    else this.#sockets.set(number, new DistantSocket(number, this.runtime.role(facts.type), facts));
  }

  #listen({ datagrams, ask, ...order }: CommandOf<"listen">): void {
    const { host, settings } = this.#host(order);
    const { endpoint } = order;
    const part = datagrams ? this.#datagrams(host, settings, endpoint) : new Listener(host, settings);
    this.#parts.set(order.part, part);
    if (part instanceof Listener) {
      const transport = found(this.runtime.transports, endpoint);
      if (ask === undefined) this.#tellWhen(order.part, part, part.listenLater(transport, endpoint));
      else this.#attempt(ask, order.part, () => (part.listen(transport, endpoint), part.endpoint));
    } else if (ask === undefined) this.#tellWhen(order.part, part, part.listenLater());
    else this.#attempt(ask, order.part, () => (part.listen(), part.endpoint));
  }

  #tellWhen(number: number, part: { readonly endpoint: string }, listening: Promise<void>): void {
    listening.then(
      () => this.#say({ do: "listens", part: number, endpoint: part.endpoint }),
      (error: unknown) => {
        this.#forget(number);
        this.#say({ do: "failed", part: number, error: error as Error }); // transports reject with errors
      },
    );
  }

  /** What was never there has nothing to end. */
  #forget(part: number): void {
    this.#hosts.get(part)?.discard();
    this.#hosts.delete(part);
    this.#parts.delete(part);
  }

  /** What must succeed, or the part was never there. */
  #attempt(ask: number, part: number, work: () => string): void {
    this.#answer(ask, () => {
      try {
        return work();
      } catch (error) {
        this.#forget(part);
        throw error;
      }
    });
  }

  /** Does what was asked for, blocked, and answers. */
  #answer(ask: number, work: () => string | void): void {
    const said: AppCommand[] = (this.#meanwhile = []);
    try {
      this.#answers.give(ask, { endpoint: work() ?? "", said });
    } catch (error) {
      this.#answers.give(ask, { error: error as Error, said }); // transports throw errors
    } finally {
      this.#meanwhile = null;
    }
  }

  #dial(order: CommandOf<"dial">): void {
    const { host, settings } = this.#host(order);
    const { endpoint } = order;
    const dialer = new Dialer(host, settings, { transport: found(this.runtime.transports, endpoint), endpoint });
    this.#parts.set(order.part, dialer);
    dialer.start();
  }

  /** Of datagrams: opens the port when its name is known. */
  #connect({ ask, ...order }: CommandOf<"connect">): void {
    this.#attempt(ask, order.part, () => {
      const { host, settings } = this.#host(order);
      const part = this.#datagrams(host, settings, order.endpoint);
      this.#parts.set(order.part, part);
      part.connect();
      return part.endpoint;
    });
  }

  #datagrams(host: PartHost, settings: Settings, endpoint: string): DatagramEndpoint {
    const transport = found(this.runtime.datagrams, endpoint);
    const use = host.role.datagrams;
    if (use === undefined) throw new Error(`bug: a ${host.role.name} has no use for datagrams`);
    return new DatagramEndpoint(host, settings, { transport, endpoint, use });
  }

  #host({ socket, part, settings }: PartOrder): { host: PartHost; settings: Settings } {
    const values = settings.values ?? this.#settings[settings.place];
    const known = this.#sockets.get(socket);
    if (values === undefined || known === undefined) throw new Error("bug: a part of a socket that is not known");
    this.#settings[settings.place] = values;
    const host = new PartHost(part, known, this);
    this.#hosts.set(part, host);
    const pipe = this.#pipes.get(part);
    this.#pipes.delete(part);
    if (pipe !== undefined) host.reserve(pipe);
    return { host, settings: values };
  }

  #say(command: AppCommand): void {
    const late = command.do === "gone" || this.#meanwhile === null;
    if (late) this.#commands?.command(encodeValue(command));
    else this.#meanwhile?.push(command);
  }
}

/** The application has checked that there is one. */
function found<T>(transports: ReadonlyMap<string, T>, endpoint: string): T {
  const transport = transports.get(endpoint.slice(0, endpoint.indexOf("://")));
  if (transport === undefined) throw new Error(`bug: no transport for ${endpoint}`);
  return transport;
}
