import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A filter's tests, as absolute paths in alphabetical order. */
export interface TestFiles {
  /** assembly/__tests__/**\/*.spec.ts */
  specs: string[];
  /** test/**\/*.test.{ts,mts,js,mjs} */
  hostTests: string[];
  /** test/**\/*.{yaml,yml} */
  cases: string[];
}

export async function findTests(dir: string): Promise<TestFiles> {
  const [specs, hostTests, cases] = await Promise.all([
    find(join(dir, "assembly", "__tests__"), /\.spec\.ts$/),
    find(join(dir, "test"), /\.test\.m?[tj]s$/),
    find(join(dir, "test"), /\.ya?ml$/),
  ]);
  return { specs, hostTests, cases };
}

async function find(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
