import type { Filter } from "../filter/manifest.js";
import { readTestedModule, type TestedModule } from "../test/tested-module.js";
import { Coverage } from "./coverage.js";
import { type HostCounting, withHostCounts } from "./host-counts.js";
import { coverageModule, coverageTransform } from "./instrument.js";
import { buildInstrumented } from "./instrumented.js";

/** What a filter's tests run against. */
export interface TestGround {
  module: TestedModule;
  /** Absent: nothing is counted. */
  coverage?: Coverage;
  /** asc transforms for specs. */
  transforms: readonly unknown[];
  /** What an instrumented spec imports beside the rest, by module name. */
  specImports: Record<string, Record<string, (...args: never[]) => unknown>>;
  /** Runs the host tests' process. */
  hostTests<T>(run: (counting?: HostCounting) => Promise<T>): Promise<T>;
  /** Ends the counting in this process; may be called again at any time. */
  stop(): void;
}

/** The module that was built, as it is. */
export async function plainGround(filter: Filter, wasm: string): Promise<TestGround> {
  const module = await readTestedModule(wasm, filter.manifest);
  return { module, transforms: [], specImports: {}, hostTests: (run) => run(), stop: () => {} };
}

const counter = Symbol.for("meshwasm.coverage");

/**
 * A build that counts the author's statements in place of the module that was built, which stays what it is.
 *
 * @throws MeshwasmError as `buildInstrumented` does
 */
export async function countingGround(filter: Filter, wasm: string): Promise<TestGround> {
  const coverage = new Coverage();
  const module = await buildInstrumented(filter, coverage);
  const counting = globalThis as { [key: symbol]: unknown };
  // The in-process host looks there.
  counting[counter] = coverage.hit;
  return {
    module,
    coverage,
    transforms: [coverageTransform(coverage)],
    specImports: { [coverageModule]: { hit: coverage.hit } },
    hostTests: (run) => withHostCounts(wasm, module, coverage, run),
    stop() {
      delete counting[counter];
    },
  };
}
