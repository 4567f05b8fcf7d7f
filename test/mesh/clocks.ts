import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { faketimeHint, findFaketime } from "../../scripts/setup/faketime.mjs";

/** Wall clocks of programs, each of which can be set while the program runs. Only the monotonic clock stays as it is. */
export interface Clocks {
  /** Why they cannot be set; false: they can. */
  missing: string | false;
  /** The environment of a program whose clock can be set. */
  env(program: string): Record<string, string>;
  /** Sets a program's clock. @param seconds before (negative) or after the machine's */
  set(program: string, seconds: number): void;
}

/** Clocks for the programs of a test file. Under `CI=true` it is an error when the library that it takes is missing. */
export async function clocksForTests(): Promise<Clocks> {
  const library = await findFaketime();
  if (library === undefined) {
    const missing = `no libfaketime on this machine: ${faketimeHint}`;
    if (process.env.CI === "true") throw new Error(missing);
    return { missing, env: () => ({}), set: () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-clocks-"));
  after(() => rm(folder, { recursive: true }));
  const set = (program: string, seconds: number) => {
    const file = join(folder, program);
    // Never read while it is half-written.
    writeFileSync(`${file}.new`, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
    renameSync(`${file}.new`, file);
  };
  return {
    missing: false,
    set,
    env: (program) => {
      set(program, 0);
      // https://github.com/wolfcw/libfaketime/blob/v0.9.10/README
      return {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: join(folder, program),
        ...{ FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", DONT_FAKE_MONOTONIC: "1" },
        ...{ FAKETIME_DISABLE_SHM: "1", NO_FAKE_STAT: "1" },
      };
    },
  };
}
