/** Whoever holds messages for a pipe that are not in it yet. */
export interface Pending {
  /** Puts them into it now: somebody is about to look at it, or to change it. */
  settle(): void;
}
