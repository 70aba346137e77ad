/** What threads tell each other before there is a link between them; everybody gets every post. */
export type Post =
  /** A registry; with `asks`, whoever has an older one answers. */
  | { readonly kind: "registry"; readonly memory: SharedArrayBuffer; readonly asks: boolean }
  /** The thread `from` calls the thread `to` from now on through `memory`; `thread` is its number. */
  | {
      readonly kind: "link";
      readonly to: number;
      readonly from: number;
      readonly thread: number;
      readonly memory: SharedArrayBuffer;
    };

/** What a runtime offers to threads that look for each other. Threads have numbers, of which 0 is the main thread's. */
export interface Outlet {
  readonly thread: number;
  readonly isMain: boolean;
  /** The registry that this thread was started with. */
  inherited(): SharedArrayBuffer | undefined;
  /** From now on, threads that this one starts are started with it. */
  bequeath(memory: SharedArrayBuffer): void;
  /** Begins to receive posts. Holds neither the thread nor the process. */
  listen(received: (post: Post) => void): void;
  post(post: Post): void;
  /** Hears posts that have come and were not heard yet. */
  catchUp(): void;
  /** Calls `gone` once a thread that listens has ended, or when there is none of this number. */
  watch(thread: number, gone: () => void): void;
  /** Whether a thread listens; it has heard all posts that were made before, and its answers have come. */
  isThere(thread: number): Promise<boolean>;
  /** Calls back with the number of each thread that this one started, when it has ended. */
  onThreadEnd(ended: (thread: number) => void): void;
  /** Microseconds, by one clock for all threads. */
  now(): number;
  random32(): number;
}
