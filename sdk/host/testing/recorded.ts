import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../testdata/envoy-1.40.0.json", import.meta.url);

/** What the real Envoy made of each case, by `http: name` or `tcp: name`; written by the agreement test only. */
export type Recorded = Record<string, unknown>;

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(FILE, "utf8")) as Recorded;
}

/** Writes Envoy's answers. `MESHWASM_UPDATE=1` on the agreement test does it; the file is never edited by hand. */
export function writeRecorded(recorded: Recorded): void {
  mkdirSync(new URL(".", FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(recorded, null, 1)}\n`);
}

/** An outcome as it comes back from the file, where undefined fields are not. */
export function asRecorded(outcome: unknown): unknown {
  return JSON.parse(JSON.stringify(outcome));
}
