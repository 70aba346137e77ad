/** Writes docs/reference/ from the tables in dist/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { pages } from "./reference.mjs";

const root = new URL("..", import.meta.url);
const folder = new URL("docs/reference/", root);
mkdirSync(folder, { recursive: true });
for (const [name, text] of await pages(new URL("dist/", root))) writeFileSync(new URL(name, folder), text);
