import { SOCKETS, type SocketType } from "../index.ts";
import type { Arguments } from "./args.ts";
import { exchange } from "./commands/exchange.ts";
import { receive } from "./commands/receive.ts";
import { reply } from "./commands/reply.ts";
import { request } from "./commands/request.ts";
import { send } from "./commands/send.ts";
import { stream } from "./commands/stream.ts";
import { EXIT, exitCode } from "./failure.ts";
import { GENERAL_FLAGS, optionFlags, SOCKET_FLAGS, type Flag, type SocketFlag } from "./flags.ts";
import { SOCKET_KINDS } from "./socket-kinds.ts";
import { SocketRun, type Command } from "./socket-run.ts";
import type { CommandName, Verb } from "./verb.ts";

const COMMANDS: Readonly<Record<CommandName, Command>> = { send, receive, request, reply, exchange, stream };

/** Flags of all socket verbs, in the order of help. */
const ALWAYS: readonly SocketFlag[] = ["bind", "connect", "format", "delimiter", "count", "timeout"];
const LAST: readonly SocketFlag[] = ["verbose", "stats"];

/** What --topic means where messages are published. */
const PUBLISHED_TOPIC: Flag = {
  ...SOCKET_FLAGS.topic,
  doc: "Send this as a first frame of each message: what it is about.",
};

/** A verb for each socket type, from the table of types. */
export const SOCKET_VERBS: readonly Verb[] = SOCKETS.map(verbOf);

function verbOf(type: SocketType): Verb {
  const kind = SOCKET_KINDS[type.name];
  const { flags: options, settings } = optionFlags(type);
  const names = [...ALWAYS, ...kind.flags, ...LAST];
  const rowOf = (name: SocketFlag): Flag => (name === "topic" && type.publishes ? PUBLISHED_TOPIC : SOCKET_FLAGS[name]);
  return {
    name: type.name.toLowerCase(),
    doc: type.doc,
    operands: "ADDRESS...",
    notes: kind.notes,
    examples: kind.examples,
    flags: { ...Object.fromEntries(names.map((name) => [name, rowOf(name)])), ...GENERAL_FLAGS },
    options,
    async run(args: Arguments): Promise<undefined> {
      const run = new SocketRun({ type, kind, settings }, args);
      try {
        await run.open();
        await COMMANDS[kind.command](run);
      } catch (error) {
        if (exitCode(error) === EXIT.timeout) run.abandon();
        throw error;
      } finally {
        run.close();
      }
      return undefined;
    },
  };
}
