import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Result } from "./engines/result.js";

const FILE = new URL("testdata/envoy-1.40.0.json", import.meta.url);

/** What the real Envoy made of each script, by the script's name; written by the judge only. */
export type Recorded = Readonly<Record<string, Result>>;

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(FILE, "utf8")) as Recorded;
}

/** Writes Envoy's answers. `MESHWASM_UPDATE=1` on the judge does it; the file is never edited by hand. */
export function writeRecorded(recorded: Recorded): void {
  mkdirSync(new URL(".", FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(recorded, null, 1)}\n`);
}
