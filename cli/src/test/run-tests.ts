import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { buildFilter } from "../build/build.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import type { Output } from "../output.js";
import { compileSpec } from "../spec/compile-spec.js";
import { hostImports } from "../spec/host-imports.js";
import { runSpec, type SpecTest } from "../spec/run-spec.js";
import { findTests } from "./find-tests.js";
import { runHostTests } from "./host-tests.js";

/** What `meshwasm test --json` prints. */
export interface TestSummary {
  name: string;
  version: string;
  /** Of the module that was tested. */
  sha256: string;
  specs: Count;
  hostTests: Count;
  /** Each failure: what failed, and why. */
  failures: { name: string; place?: string; message: string }[];
}

interface Count {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Builds a filter and runs its as-pect specs and its host tests against the built module.
 *
 * @throws MeshwasmError TEST_FAILED, with the summary in `details`, when a test failed or none ran; and those of
 *   `loadFilter` and `buildFilter`
 */
export async function runTests(dir: string, output: Output): Promise<TestSummary> {
  const filter = await loadFilter(dir);
  const build = await buildFilter(filter, { onWarning: (line) => output.warn(line) });
  const files = await findTests(filter.dir);
  const summary: TestSummary = {
    name: build.name,
    version: build.version,
    sha256: build.sha256,
    specs: { files: files.specs.length, passed: 0, failed: 0, skipped: 0 },
    hostTests: { files: files.hostTests.length, passed: 0, failed: 0, skipped: 0 },
    failures: [],
  };

  const wasm = await readFile(build.wasm);
  for (const file of files.specs) {
    const shown = relative(filter.dir, file);
    output.info(shown);
    const imports = hostImports(wasm, filter.manifest);
    for (const test of runSpec(shown, await compileSpec(filter.dir, file), imports)) {
      reportSpecTest(test, output);
      summary.specs[test.passed ? "passed" : "failed"]++;
      if (test.passed) continue;
      const { failure: message = "", place } = test;
      summary.failures.push({ name: test.path.join(" › "), ...(place !== undefined && { place }), message });
    }
  }

  if (files.hostTests.length > 0) {
    const { tests, exitCode } = await runHostTests(filter.dir, files.hostTests, output.quiet);
    for (const { path, passed, skipped, message = "", place } of tests) {
      summary.hostTests[skipped ? "skipped" : passed ? "passed" : "failed"]++;
      if (passed || skipped) continue;
      summary.failures.push({ name: path.join(" › "), ...(place !== undefined && { place }), message });
    }
    if (exitCode !== 0 && summary.failures.length === 0) {
      summary.failures.push({ name: "node --test", message: `ended with exit code ${exitCode}` });
    }
  }

  const ran = summary.specs.passed + summary.hostTests.passed;
  const words = `${ran} passed, ${summary.failures.length} failed`;
  if (summary.failures.length > 0) throw new MeshwasmError("TEST_FAILED", words, { details: summary });
  if (ran === 0) {
    throw new MeshwasmError("TEST_FAILED", `no test ran in ${filter.dir}`, {
      details: summary,
      hint: "specs are assembly/__tests__/*.spec.ts, host tests test/*.test.ts",
    });
  }
  return summary;
}

function reportSpecTest({ path, passed, failure = "", place }: SpecTest, output: Output): void {
  const { green, red } = output.paint;
  output.info(`  ${passed ? green("✔") : red("✖")} ${path.join(" › ")}`);
  if (passed) return;
  if (place !== undefined) output.info(`    at ${place}`);
  for (const line of failure.split("\n")) output.info(`    ${line}`);
}
