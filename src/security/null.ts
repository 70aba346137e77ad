import { unexpected } from "../wire/zmtp/command.ts";
import type { Command, Mechanism, Step } from "../wire/zmtp/mechanism.ts";

/**
 * RFC 37/NULL: READY both ways, each sent without waiting for the other. It proves nothing of the peer and hides nothing.
 *
 * With `asks`, somebody judges where the peer comes from before READY is sent, as libzmq does in a ZAP domain; there are
 * no credentials.
 */
export function nullMechanism(metadata: Uint8Array, asks = false): Mechanism {
  const begun: Step = { kind: "continue", send: [{ name: "READY", data: metadata }] };
  const first: Step = asks ? { kind: "authenticate", credentials: [] } : begun;
  const chosenBy = asks ? "zapDomain" : "";
  return { name: "NULL", chosenBy, dispensable: !asks, begin: () => first, authenticated: () => begun, handle };
}

function handle(command: Command): Step {
  if (command.name !== "READY") throw unexpected(command, "READY");
  return { kind: "ready", send: [], metadata: command.data };
}
