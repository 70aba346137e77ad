import { before } from "node:test";
import { curveClient } from "../../src/security/curve-client.ts";
import { curveServer } from "../../src/security/curve-server.ts";
import { nullMechanism } from "../../src/security/null.ts";
import { plainClient, plainServer } from "../../src/security/plain.ts";
import { mechanismSuite } from "../conformance/mechanism.ts";
import { boxLoaded, clientSettings, serverSettings } from "./curve-keys.ts";

before(boxLoaded);

mechanismSuite({
  name: "NULL",
  make: (metadata) => nullMechanism(metadata),
  peer: (metadata) => nullMechanism(metadata),
  exact: [],
  sealed: false,
});

mechanismSuite({
  name: "NULL, judged",
  make: (metadata) => nullMechanism(metadata, true),
  peer: (metadata) => nullMechanism(metadata),
  exact: [],
  sealed: false,
});

const asPlainClient = (metadata: Uint8Array) => plainClient(metadata, { username: "admin", password: "secret" });

mechanismSuite({ name: "PLAIN client", make: asPlainClient, peer: plainServer, exact: ["WELCOME"], sealed: false });
mechanismSuite({ name: "PLAIN server", make: plainServer, peer: asPlainClient, exact: ["HELLO"], sealed: false });

const asCurveClient = (metadata: Uint8Array) => curveClient(metadata, clientSettings());
const asCurveServer = (metadata: Uint8Array) => curveServer(metadata, serverSettings());
const exact = ["HELLO", "WELCOME", "INITIATE", "READY"];

mechanismSuite({ name: "CURVE client", make: asCurveClient, peer: asCurveServer, exact, sealed: true });
mechanismSuite({ name: "CURVE server", make: asCurveServer, peer: asCurveClient, exact, sealed: true });
