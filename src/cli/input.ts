import type { Format } from "./formats.ts";

const LINE_END = 10;

/** Lines as they come, without their ends, as bytes; the last one may lack its end. */
export async function* lines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let begun: Buffer[] = [];
  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
      const end = chunk.subarray(from, at);
      yield begun.length === 0 ? end : Buffer.concat([...begun, end]);
      begun = [];
      from = at + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

/** Messages of stdin in a format; an error names the line. */
export async function* messagesOf(input: AsyncIterable<Buffer>, format: Format): AsyncGenerator<Buffer[], undefined> {
  if (format.whole) {
    const chunks: Buffer[] = [];
    for await (const chunk of input) chunks.push(chunk);
    if (chunks.length > 0) yield format.decode(Buffer.concat(chunks));
    return;
  }
  let number = 0;
  for await (const line of lines(input)) {
    number++;
    yield decoded(line, number, format);
  }
}

function decoded(line: Buffer, number: number, format: Format): Buffer[] {
  try {
    return format.decode(line);
  } catch (error) {
    throw new Error(`line ${number}: ${(error as Error).message}`, { cause: error }); // formats throw nothing else
  }
}
