/** Something to time: `run` does it `each` times, so that the timer's own cost is spread. */
export interface Task {
  readonly name: string;
  readonly each: number;
  readonly run: () => void;
}

/** Times that most tasks do what they do in one run. */
export const MANY = 1000;
