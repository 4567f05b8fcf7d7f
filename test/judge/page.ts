// Generates sdk/docs/host-differences.md from the judge: its recorded answers of Envoy, its masks, its cells.
// Usage: node --conditions=meshwasm:source --import tsx test/judge/page.ts [--check]   With --check nothing is written; it
// says whether something would be.

import { readFile, writeFile } from "node:fs/promises";
import { renderPage } from "./render-page.js";

const name = "sdk/docs/host-differences.md";
const path = new URL(`../../${name}`, import.meta.url);
const text = renderPage();
if (text !== (await readFile(path, "utf8").catch(() => ""))) {
  if (process.argv.includes("--check")) {
    console.error(`${name} is not what the judge gives: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    console.log(name);
  }
}
