import type { TestedFile } from "./junit.js";
import type { TestEnd } from "./test-end.js";

/** How many tests of one kind ended how. */
export interface Count {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
}

/** A test that failed: which, where, and why. */
export interface Failure {
  name: string;
  place?: string;
  message: string;
}

export function count(files: readonly TestedFile[]): Count {
  const ends = files.flatMap(({ tests }) => tests);
  const skipped = ends.filter((end) => end.skipped).length;
  const passed = ends.filter((end) => end.passed && !end.skipped).length;
  return { files: files.length, passed, failed: ends.length - passed - skipped, skipped };
}

export function failures(ends: readonly TestEnd[]): Failure[] {
  return ends
    .filter(({ passed, skipped }) => !passed && !skipped)
    .map(({ path, place, message = "" }) => ({
      name: path.join(" › "),
      ...(place !== undefined && { place }),
      message,
    }));
}
