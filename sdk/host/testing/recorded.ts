import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const fileOf = (table: string) => new URL(`../testdata/envoy-1.40.0${table}.json`, import.meta.url);

/** What the real Envoy made of each case, by `http: name` or `tcp: name`; written by the agreement test only. */
export type Recorded = Record<string, unknown>;

/** @param table part of the file's name, such as `-chains`; empty for the first of them */
export function readRecorded(table = ""): Recorded {
  return JSON.parse(readFileSync(fileOf(table), "utf8")) as Recorded;
}

/** Writes Envoy's answers. `MESHWASM_UPDATE=1` on the agreement test does it; the file is never edited by hand. */
export function writeRecorded(recorded: Recorded, table = ""): void {
  const file = fileOf(table);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
}

/** An outcome as it comes back from the file, where undefined fields are not. */
export function asRecorded(outcome: unknown): unknown {
  return JSON.parse(JSON.stringify(outcome));
}
