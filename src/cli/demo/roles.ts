import type { RoleName } from "./cast.ts";
import type { Port } from "./port.ts";

/** What a role has to work with. */
export interface Stage {
  /** A socket by its class name, under the name of its port. */
  open(port: string, className: string): Port;
  /** Tells others where a port is bound. */
  announce(name: string, port: Port): void;
  /** Addresses to use, in the order of the cast. */
  readonly uses: readonly string[];
  /** Where ipc endpoints go. */
  readonly folder: string;
}

/** What a role does: `act` until the stop, `serve` for as long as its sockets are open. */
export interface Acting {
  /** Messages a second. */
  readonly rate?: number;
  act?(): Promise<void>;
  serve?: (() => Promise<void>)[];
}

const ANY_PORT = "tcp://127.0.0.1:*";
const CITIES = ["10001", "20095", "30001", "50667", "75001", "94105"];
const TASK = Buffer.alloc(512, "task");
const RECORD = Buffer.alloc(1024, "record");
const REQUEST = Buffer.from("What time is it?");

/** Every role, written once for both libraries. */
export const ROLES: Readonly<Record<RoleName, (stage: Stage) => Promise<Acting>>> = {
  async requester(stage) {
    const asking = stage.open("asking", "Request");
    asking.socket.connect(stage.uses[0] ?? "");
    const act = async (): Promise<void> => {
      await asking.send(REQUEST);
      await asking.receive();
    };
    return { rate: 1500, act };
  },

  async replier(stage) {
    const answering = stage.open("answering", "Reply");
    await answering.socket.bind(ANY_PORT);
    stage.announce("service", answering);
    const answer = async (): Promise<void> => {
      const request = await answering.receive();
      await answering.send(request);
    };
    return { serve: [answer] };
  },

  async "weather station"(stage) {
    const weather = stage.open("weather", "Publisher");
    await weather.socket.bind(ANY_PORT);
    stage.announce("weather by tcp", weather);
    await weather.socket.bind(`ipc://${stage.folder}/weather`);
    stage.announce("weather by ipc", weather);
    let count = 0;
    const act = (): Promise<void> => {
      const city = CITIES[count++ % CITIES.length] ?? "";
      return weather.send([city, `${count % 40} C, ${count % 100} % humidity`]);
    };
    return { rate: 12_000, act };
  },

  async listener(stage) {
    const listening = stage.open("listening", "Subscriber");
    // Nobody asks for the last two cities: those messages are dropped, and counted, at the station.
    listening.socket.subscribe?.(...CITIES.slice(0, 4));
    listening.socket.connect(stage.uses[0] ?? "");
    return { serve: [async () => void (await listening.receive())] };
  },

  async ventilator(stage) {
    const tasks = stage.open("tasks out", "Push");
    await tasks.socket.bind(ANY_PORT);
    stage.announce("tasks", tasks);
    return { rate: 12_000, act: () => tasks.send(TASK) };
  },

  async worker(stage) {
    const tasks = stage.open("tasks in", "Pull");
    const results = stage.open("results out", "Push");
    tasks.socket.connect(stage.uses[0] ?? "");
    results.socket.connect(stage.uses[1] ?? "");
    return { serve: [async () => results.send(await tasks.receive())] };
  },

  async sink(stage) {
    const results = stage.open("results in", "Pull");
    await results.socket.bind(`ipc://${stage.folder}/results`);
    stage.announce("results", results);
    return { serve: [async () => void (await results.receive())] };
  },

  async relay(stage) {
    const source = stage.open("relay source", "Push");
    const middle = stage.open("relay in", "Pull");
    const out = stage.open("relay out", "Push");
    await middle.socket.bind("inproc://relay");
    source.socket.connect("inproc://relay");
    out.socket.connect(stage.uses[0] ?? "");
    return { rate: 12_000, act: () => source.send(RECORD), serve: [async () => out.send(await middle.receive())] };
  },

  async archive(stage) {
    const records = stage.open("archive in", "Pull");
    await records.socket.bind(`ipc://${stage.folder}/archive`);
    stage.announce("archive", records);
    return { serve: [async () => void (await records.receive())] };
  },
};
