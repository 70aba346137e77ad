import { readFileSync } from "node:fs";
import { readCertificate } from "../certificates.ts";

/** The secret in a file: the secret key of a certificate, else the first line. It is in no process list and no history. */
export function secretIn(file: string): string {
  const text = readFileSync(file, "utf8");
  const isCertificate = /^curve\s*$/m.test(text);
  const [first = ""] = text.split(/\r?\n/);
  return isCertificate ? (readCertificate(file).secretKey ?? "") : first;
}
