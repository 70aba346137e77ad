import { curveClient } from "./curve-client.ts";
import { curveServer } from "./curve-server.ts";
import { nullMechanism } from "./null.ts";
import { plainClient, plainServer } from "./plain.ts";

export { curveBox, curveIsPossible, loadCurveBox } from "./curve-box.ts";

/** What makes either side of a mechanism, for one connection. */
interface Sides<Client, Server> {
  readonly client: Client;
  readonly server: Server;
}

/** Every mechanism, by its name in the greeting. */
export const MECHANISMS: {
  readonly NULL: Sides<typeof nullMechanism, typeof nullMechanism>;
  readonly PLAIN: Sides<typeof plainClient, typeof plainServer>;
  readonly CURVE: Sides<typeof curveClient, typeof curveServer>;
} = {
  NULL: { client: nullMechanism, server: nullMechanism },
  PLAIN: { client: plainClient, server: plainServer },
  CURVE: { client: curveClient, server: curveServer },
};
