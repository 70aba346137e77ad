import { createCertificate, writeCertificate, type Certificate } from "../../certificates.ts";
import type { Arguments } from "../args.ts";
import { UsageError } from "../failure.ts";
import { GENERAL_FLAGS, type Values } from "../flags.ts";
import type { Verb } from "../verb.ts";

const FLAGS = {
  certificate: {
    type: "text",
    value: "PATH",
    doc: "Write the keys to PATH (public) and PATH_secret (both, for its owner alone), as CZMQ does.",
  },
  meta: {
    type: "text",
    value: "NAME=TEXT",
    many: true,
    doc: "With --certificate: what else it says, such as its owner's name. May be repeated.",
  },
  overwrite: { type: "boolean", doc: "With --certificate: replace files that are there." },
  json: { type: "boolean", doc: "Print the keys as one line of JSON." },
  ...GENERAL_FLAGS,
} as const;

/** Makes a pair of CURVE keys. */
export const KEYGEN: Verb = {
  name: "keygen",
  doc: "Makes a pair of keys for CURVE, and prints or writes them.",
  operands: "",
  notes: [
    "CURVE encrypts all traffic, and proves each side to the other by its keys. A server needs its secret key " +
      "(curveServer, curveSecretKey), and every client the server's public one (curveServerKey). Clients have pairs of " +
      "their own (curveSecretKey), which a server may tell apart: authenticate(curveKeys([...])) lets in those it lists.",
    "Public keys may be read by all; but hand them on so that nobody can put another in their place. Whoever has a secret " +
      "key can be its owner: with --certificate it is in no terminal and in no history.",
  ],
  flags: FLAGS,
  options: {},
  examples: [
    ["zmq keygen", "print a pair, in Z85: 40 characters each"],
    ["zmq keygen --certificate server.cert", "write server.cert, to hand on, and server.cert_secret, to keep"],
    ["zmq keygen --certificate alice.cert --meta name=Alice --meta email=alice@example.com", "and say whose it is"],
    ["zmq keygen --json | jq -r .publicKey", "for scripts"],
  ],
  run: runKeygen,
};

async function runKeygen({ values, positionals }: Arguments): Promise<undefined> {
  const { certificate: file, meta, overwrite = false, json = false } = values as Values<typeof FLAGS>; // parsed by these flags
  if (positionals.length > 0) throw new UsageError(`keygen takes no ${JSON.stringify(positionals[0])}; see its flags`);
  if (file === undefined && (meta !== undefined || overwrite)) {
    throw new UsageError("--meta and --overwrite are for --certificate");
  }
  const made = createCertificate({ metadata: Object.fromEntries((meta ?? []).map(property)) });
  if (file !== undefined) writeCertificate(file, made, { overwrite });
  process.stdout.write(json ? `${JSON.stringify(shown(made, file))}\n` : lines(made, file));
}

/** What is written is not printed as well: terminals and logs remember. */
function shown({ publicKey, secretKey }: Certificate, file: string | undefined): object {
  return file === undefined ? { publicKey, secretKey } : { publicKey, certificate: file, secret: `${file}_secret` };
}

function lines({ publicKey, secretKey }: Certificate, file: string | undefined): string {
  const second = file === undefined ? `secret key  ${secretKey}` : `written to  ${file}, ${file}_secret`;
  return `public key  ${publicKey}\n${second}\n`;
}

function property(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--meta takes NAME=TEXT, not ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
