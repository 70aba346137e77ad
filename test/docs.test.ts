import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const sources = new URL("../src/", import.meta.url);

interface Reference {
  pages(base: URL): Promise<Map<string, string>>;
}

test("the reference pages say what the tables say (npm run docs)", async () => {
  const reference = (await import(new URL("scripts/reference.mjs", root).href)) as Reference; // not TypeScript
  const pages = await reference.pages(sources);
  assert.ok(pages.size > 0);
  for (const [name, text] of pages) {
    assert.equal(
      readFileSync(new URL(`docs/reference/${name}`, root), "utf8"),
      text,
      `docs/reference/${name} is stale`,
    );
  }
});
