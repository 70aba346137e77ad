/** Writes docs/reference/ and docs/compatibility.md from the tables in src/, as `npm run docs` compiles them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { compatibilityPage } from "./compatibility.mjs";
import { pages } from "./reference.mjs";

const root = new URL("..", import.meta.url);
const folder = new URL("docs/reference/", root);
mkdirSync(folder, { recursive: true });
const compiled = new URL("build/src/", root);
for (const [name, text] of await pages(compiled)) writeFileSync(new URL(name, folder), text);
writeFileSync(new URL("docs/compatibility.md", root), await compatibilityPage(compiled));
