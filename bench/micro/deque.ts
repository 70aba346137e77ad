import { Deque } from "../../src/base/deque.ts";
import { MANY, type Task } from "./task.ts";

/** How long the queue is that one is added to while another is taken off. */
const LONG = 100_000;

/** The deque, beside the array it stands in for. */
export function dequeTasks(): Task[] {
  const deque = new Deque<object>();
  const array: object[] = [];
  const value = {};
  for (let left = LONG; left > 0; left--) {
    deque.push(value);
    array.push(value);
  }
  const filling = new Deque<object>();
  return [
    { name: "deque: push and shift", each: MANY, run: () => times(() => (filling.push(value), filling.shift())) },
    {
      name: `deque: push and shift, ${LONG} in it`,
      each: MANY,
      run: () => times(() => (deque.push(value), deque.shift())),
    },
    // Every shift of a long array moves it: once is enough to see it.
    { name: `array: push and shift, ${LONG} in it`, each: 1, run: () => (array.push(value), void array.shift()) },
  ];
}

function times(step: () => unknown): void {
  for (let left = MANY; left > 0; left--) step();
}
