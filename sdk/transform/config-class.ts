import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, rangeIn, reportError } from "./compiler.js";

/** How a file begins that `meshwasm generate` has made, with the digest of the schema that it was made from. */
const header = /^\/\/ Made by meshwasm from config\.schema\.json\..*\n\/\/ Schema (sha256:[0-9a-f]{64})\n/;

/**
 * Fails the build when the configuration class is older than its schema: the filter would read what the schema no longer
 * says. `meshwasm build` makes it anew, plain `npx asc` cannot.
 *
 * @param dir the filter's folder
 */
export function checkConfigClass(program: Program, dir: string): void {
  for (const source of program.sources) {
    if (source.normalizedPath !== "assembly/config.ts") continue;
    const made = header.exec(source.text)?.[1];
    if (made === undefined || made === digestOf(join(dir, "config.schema.json"))) continue;
    const message = "it was made from another config.schema.json: run meshwasm generate";
    reportError(program, message, rangeIn(source, 0, 2));
  }
}

/** The digest of a JSON file's value, whatever its white space; undefined when it cannot be read. */
function digestOf(file: string): string | undefined {
  try {
    const text = JSON.stringify(JSON.parse(readFileSync(file, "utf8")));
    return `sha256:${createHash("sha256").update(text).digest("hex")}`;
  } catch {
    return undefined;
  }
}
