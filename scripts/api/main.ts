// Generates sdk/docs/api.md from the doc comments of sdk/assembly.
// Usage: node --import tsx scripts/api/main.ts [--check]   With --check nothing is written; it says whether something would be.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readApi, root } from "./read.js";
import { renderApi } from "./render.js";

const name = "sdk/docs/api.md";
const path = join(root, name);
const text = renderApi(readApi());
if (text !== (await readFile(path, "utf8").catch(() => ""))) {
  if (process.argv.includes("--check")) {
    console.error(`${name} is not what the sources give: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    console.log(name);
  }
}
