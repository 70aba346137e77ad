import { unexpected } from "../wire/zmtp/command.ts";
import type { Command, Mechanism, Step } from "../wire/zmtp/mechanism.ts";

/**
 * RFC 37/NULL: READY both ways, each sent without waiting for the other. It proves nothing of the peer and hides nothing.
 */
export function nullMechanism(metadata: Uint8Array): Mechanism {
  return { name: "NULL", begin: () => [{ name: "READY", data: metadata }], handle: ready };
}

function ready(command: Command): Step {
  if (command.name !== "READY") throw unexpected(command, "READY");
  return { kind: "ready", send: [], metadata: command.data };
}
