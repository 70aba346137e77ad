import type { Socket } from "../../src/index.ts";
import { EVENTS, type Event, type EventOfType, type EventType } from "../../src/observe/events.ts";
import { until } from "../conformance/recorders.ts";

/** What happened to a socket's connections since `watch`. */
export class Watch {
  readonly events: Event[] = [];

  constructor(socket: Socket) {
    for (const type of Object.keys(EVENTS) as EventType[]) {
      socket.events.on(type, (event) => this.events.push(event));
    }
  }

  of<Type extends EventType>(type: Type): EventOfType<Type>[] {
    return this.events.filter((event) => event.type === type) as EventOfType<Type>[]; // of that type
  }

  /** Waits for the first event of a type. */
  async first<Type extends EventType>(type: Type): Promise<EventOfType<Type>> {
    return this.nth(type, 1);
  }

  async nth<Type extends EventType>(type: Type, count: number): Promise<EventOfType<Type>> {
    await until(`event ${type} (so far: ${this.events.map((event) => event.type).join(", ")})`, () => {
      return this.of(type).length >= count;
    });
    return this.of(type)[count - 1] as EventOfType<Type>; // there are as many
  }
}
