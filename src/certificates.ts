/** CURVE certificates on disk, as CZMQ's zcert and pyzmq's zmq.auth write and read them: `zeromq-ts/certificates`. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fromSystem, ZmqError } from "./base/errors.ts";
import { decodeZ85 } from "./base/z85.ts";
import { formatZpl, parseZpl, type Sections } from "./base/zpl.ts";
import { curveKeyPair, curvePublicKey } from "./curve-keys.ts";

/** A pair of CURVE keys, or only the public one, and what is known of their owner. */
export interface Certificate {
  /** In Z85. */
  readonly publicKey: string;
  /** In Z85; null when it is somebody else's. Not enumerable: `console.log` does not show it. */
  readonly secretKey: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a certificate is made of. */
export interface CertificateOptions {
  /** Without one, a new pair of keys is made. */
  readonly secretKey?: string;
  /** Names of letters, digits and `$-_@.&+/`, and values of one line. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What `writeCertificate` may do. */
export interface WriteOptions {
  /** Replace files that are there. Without it, they are an error: a key that is gone is gone. */
  readonly overwrite?: boolean;
}

/** The name of the file that a secret key is in, beside that of its certificate. */
const SECRET = "_secret";

/** What CZMQ writes where there is no key. */
const NO_KEY = "0".repeat(40);

/** A new certificate, of given keys or new ones. @throws ZmqError EINVAL for what is no key. */
export function createCertificate({ secretKey, metadata = {} }: CertificateOptions = {}): Certificate {
  const pair = secretKey === undefined ? curveKeyPair() : { publicKey: curvePublicKey(secretKey), secretKey };
  return certificate(pair.publicKey, pair.secretKey, { ...metadata });
}

/**
 * Writes a certificate to `file`, which may be handed on, and with its secret key to `file` + `_secret`, which only its
 * owner may read (mode 0600; Windows has no such modes).
 *
 * @throws ZmqError EINVAL for metadata that can't be written, EEXIST when a file is there already, ENOENT, EACCES.
 */
export function writeCertificate(
  file: string,
  certificate: Certificate,
  { overwrite = false }: WriteOptions = {},
): void {
  const { publicKey, secretKey } = certificate;
  const files = [file, file + SECRET];
  const there = files.find((each) => existsSync(each));
  if (there !== undefined && !overwrite) {
    throw new ZmqError("EEXIST", { address: there, hint: "keys are not overwritten unless you say so (overwrite)" });
  }
  const shown = textOf(PUBLIC_NOTE, certificate, { "public-key": publicKey });
  const secret =
    secretKey === null ? null : textOf(SECRET_NOTE, certificate, { "public-key": publicKey, "secret-key": secretKey });
  // Removed and made again: a file that is there would keep its mode.
  for (const each of files) fromDisk(each, () => rmSync(each, { force: true }));
  if (secret !== null) fromDisk(file, () => writeFileSync(file + SECRET, secret, { mode: 0o600, flag: "wx" }));
  fromDisk(file, () => writeFileSync(file, shown, { mode: 0o644, flag: "wx" }));
}

/**
 * Reads a certificate: from `file` + `_secret` if that is there, with its secret key, else from `file`.
 *
 * @throws ZmqError EINVAL for what is no certificate, ENOENT, EACCES.
 */
export function readCertificate(file: string): Certificate {
  return parse(existsSync(file + SECRET) ? file + SECRET : file);
}

/** The public certificates of a folder, for `curveKeys`: each file but the secret ones. As `readCertificate` throws. */
export function readCertificates(folder: string): Certificate[] {
  const names = fromDisk(folder, () => readdirSync(folder, { withFileTypes: true }));
  return names
    .filter((entry) => entry.isFile() && !entry.name.endsWith(SECRET) && !entry.name.startsWith("."))
    .map((entry) => parse(path.join(folder, entry.name)));
}

const PUBLIC_NOTE = [
  "ZeroMQ CURVE public certificate",
  "Hand it on by a way that nobody can change it on, or have its owner confirm what is in it.",
];
const SECRET_NOTE = [
  "ZeroMQ CURVE **secret** certificate",
  "Do not give this file to anybody, and leave its permissions as they are.",
];

function textOf(note: readonly string[], { metadata }: Certificate, keys: Readonly<Record<string, string>>): string {
  const sections: Sections = new Map([
    ["metadata", new Map(Object.entries(metadata))],
    ["curve", new Map(Object.entries(keys))],
  ]);
  return formatZpl(note, sections);
}

function parse(file: string): Certificate {
  const text = fromDisk(file, () => readFileSync(file, "utf8"));
  try {
    const sections = parseZpl(text);
    const curve = sections.get("curve");
    const secretKey = curve?.get("secret-key") ?? NO_KEY;
    const metadata = Object.fromEntries(sections.get("metadata") ?? []);
    return certificate(curve?.get("public-key") ?? "", secretKey === NO_KEY ? null : secretKey, metadata);
  } catch (error) {
    throw new ZmqError("EINVAL", { address: file, hint: error instanceof Error ? error.message : String(error) });
  }
}

function certificate(publicKey: string, secretKey: string | null, metadata: Record<string, string>): Certificate {
  if (decodeZ85(publicKey).length !== 32) throw new ZmqError("EINVAL", { hint: "there is no public key in it" });
  if (secretKey !== null && curvePublicKey(secretKey) !== publicKey) {
    throw new ZmqError("EINVAL", { hint: "its public key does not belong to its secret key" });
  }
  const shown = { publicKey, metadata: Object.freeze(metadata) };
  return Object.freeze(Object.defineProperty(shown, "secretKey", { value: secretKey }) as Certificate); // just defined
}

function fromDisk<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw fromSystem(error, file);
  }
}
