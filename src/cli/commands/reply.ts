import type { SocketRun } from "../socket-run.ts";
import { printAll } from "./receive.ts";

/** rep: prints each request, and replies with the next line of the input, or, with --echo, the request itself. */
export async function reply(run: SocketRun): Promise<void> {
  if (run.values.echo === true) await printAll(run, (request) => run.socket.send(request, run.limit));
  else await replyFromInput(run);
  await run.finish();
}

/** The next reply is read ahead, so that this ends with its input and takes no request it can't answer. */
async function replyFromInput(run: SocketRun): Promise<void> {
  const { count = Infinity } = run.values;
  const replies = run.outgoing(true);
  for (let done = 0; done < count; done++) {
    const coming = replies.next();
    const receiving = run.socket.receive(run.limit);
    const request = await Promise.race([
      receiving,
      coming.then(({ done: over }) => (over === true ? null : receiving)),
    ]);
    if (request === null) return;
    await run.print(request);
    const next = await coming;
    if (next.done === true) throw new Error("the input ended while a request waited for its reply");
    await run.socket.send(next.value, run.limit);
  }
}
