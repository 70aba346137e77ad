import type { Socket } from "../../src/index.ts";
import { bound, type Kind } from "./places.ts";

const PATIENCE = { timeout: 5000 };

/** Binds the first socket, connects the second, and waits until both have done their handshake. */
export async function meet(binder: Socket, connector: Socket, kind: Kind): Promise<string> {
  const address = bound(binder, kind);
  const { peers } = binder.stats();
  connector.connect(address);
  await Promise.all([binder.ready({ ...PATIENCE, peers: peers + 1 }), connector.ready(PATIENCE)]);
  return address;
}

/** Connects sockets one after the other, so that the bound one knows them in this order. */
export async function meetAll(binder: Socket, connectors: readonly Socket[], kind: Kind): Promise<string> {
  const address = bound(binder, kind);
  for (const [index, connector] of connectors.entries()) {
    connector.connect(address);
    await binder.ready({ ...PATIENCE, peers: index + 1 });
    await connector.ready(PATIENCE);
  }
  return address;
}
