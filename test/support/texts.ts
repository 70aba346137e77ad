/** The frames of a message as text. */
export function texts(message: readonly Uint8Array[] | undefined): string[] | undefined {
  return message?.map((frame) => Buffer.from(frame).toString());
}

interface Readable {
  receive(options?: { timeout?: number }): Promise<Buffer[]>;
}

/** The next message as text; fails when none comes. */
export async function next(socket: Readable): Promise<string[]> {
  const message = await socket.receive({ timeout: 5000 });
  return message.map(String);
}
