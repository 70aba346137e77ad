import { copyOf, view } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import { PIECE } from "../transports/threads/ring.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { RelayWord, StreamWord } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** What a relay needs of whoever made it. */
export interface RelayHost {
  atEndOfTurn(run: () => void): void;
  /** Nothing of the connection is left here. */
  relayOver(relay: Relay): void;
}

/**
 * A connection whose session is in another I/O thread: moves its bytes there and back, and knows nothing of them.
 *
 * It reads as much as it was granted, so that whoever is not read there is not read here. What it grants in turn is what
 * the kernel took. All that comes within one turn of the loop leaves in one gathered write.
 */
export class Relay implements StreamEvents, PassageEvents {
  readonly #stream: ByteStream;
  readonly #host: RelayHost;
  readonly #passage: Passage;
  /** Bytes that may still be read; a read may exceed it. */
  #granted = 0;
  #begun = false;
  #reading = false;
  /** What came from the session, and is not with the stream. */
  #parts: Uint8Array[] = [];
  #scheduled = false;
  #writing = 0;
  /** Whether the process exits, and what comes now is for `flushSync` to write. */
  #exiting = false;
  /** Whether the session is done with it, and whether all is over. */
  #dismissed = false;
  #over = false;
  readonly #endOfTurn = (): void => {
    this.#scheduled = false;
    if (!this.#exiting) this.#flush();
  };

  /** `open` opens the passage to where the session will be. */
  constructor(host: RelayHost, stream: ByteStream, open: (events: PassageEvents) => Passage) {
    this.#host = host;
    this.#stream = stream;
    this.#passage = open(this);
  }

  /** Writes what the session had left, before it returns: the process exits. */
  flushSync(limit: number): void {
    this.#stream.flushSync(this.#parts.splice(0), limit);
  }

  // What the stream tells.

  received(bytes: Uint8Array): void {
    this.#granted -= bytes.length;
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = view(bytes, at, Math.min(PIECE, bytes.length - at));
      // Without room it waits, and the stream reads into its memory again.
      this.#passage.write([this.#passage.writable ? piece : copyOf(piece)]);
    }
    this.#pace();
  }

  target(): null {
    return null;
  }

  closed(error?: Error): void {
    const word: RelayWord = error === undefined ? { do: "closed" } : { do: "closed", error };
    this.#passage.command(encodeValue(word));
    this.#end();
  }

  // What the passage tells.

  /** There is room between the threads. That the kernel has room, as the stream says by the same name, the session is told by grants. */
  drained(): void {
    this.#pace();
  }

  message(parts: Message): void {
    for (const part of parts) this.#parts.push(part);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#host.atEndOfTurn(this.#endOfTurn);
  }

  granted(count: number): void {
    this.#granted += count;
    this.#pace();
  }

  command(frames: Message): void {
    if (this.#over) return;
    this.#flush();
    if (decodeValue<StreamWord>(frames).do === "flush") {
      this.#exiting = true;
      return;
    }
    this.#dismissed = true;
    this.#stream.end();
    this.#endWhenWritten();
  }

  subscription(): void {}

  leaving(): void {}

  ended(): void {
    if (this.#over) return;
    this.#dismissed = true;
    this.#parts = [];
    this.#stream.close();
    this.#endWhenWritten();
  }

  #flush(): void {
    const parts = this.#parts;
    if (parts.length === 0 || this.#over) return;
    this.#parts = [];
    let size = 0;
    for (const { length } of parts) size += length;
    this.#writing++;
    this.#stream.write(parts, (delivered) => {
      this.#writing--;
      if (delivered) this.#passage.grant(size);
      this.#endWhenWritten();
    });
  }

  /** Reads while it may, and there is room between the threads. */
  #pace(): void {
    if (this.#dismissed || this.#over) return;
    const go = this.#granted > 0 && this.#passage.writable;
    if (go && !this.#begun) {
      this.#begun = this.#reading = true;
      this.#stream.begin(this);
    }
    if (go === this.#reading) return;
    this.#reading = go;
    if (go) this.#stream.resume();
    else this.#stream.pause();
  }

  #endWhenWritten(): void {
    if (this.#dismissed && this.#writing === 0) this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#passage.end();
    this.#host.relayOver(this);
  }
}
