/** Bytes gathered before they are written without waiting for the end of the turn. */
const ENOUGH = 65_536;

/** What is written to: stdout, in tests anything. */
export interface Sink {
  write(bytes: Buffer): boolean;
  once(event: "drain", run: () => void): unknown;
}

/**
 * Writes results: gathers what one turn of the event loop prints, since a write per message costs a system call, and
 * says when the reader is behind.
 */
export class Output {
  readonly #sink: Sink;
  #gathered: Buffer[] = [];
  #size = 0;
  #scheduled = false;
  #behind: Promise<void> | null = null;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** A promise when the reader is behind: wait for it before printing more. */
  print(bytes: Buffer): Promise<void> | undefined {
    this.#gathered.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= ENOUGH) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
    return this.#behind ?? undefined;
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#size === 0) return;
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#size = 0;
    if (this.#sink.write(bytes)) return;
    this.#behind ??= new Promise((resolve) => {
      this.#sink.once("drain", () => {
        this.#behind = null;
        resolve();
      });
    });
  }
}
