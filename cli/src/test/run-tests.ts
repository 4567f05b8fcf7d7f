import { relative, resolve } from "node:path";
import { buildFilter } from "../build/build.js";
import { type LoadedCases, loadCases } from "../cases/load-cases.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import type { Output } from "../output.js";
import { compileSpec } from "../spec/compile-spec.js";
import { hostImports } from "../spec/host-imports.js";
import { runSpec } from "../spec/run-spec.js";
import { writeFilesAtomic } from "../write-files.js";
import { runCaseFile } from "./case-tests.js";
import { findTests } from "./find-tests.js";
import { runHostTests } from "./host-tests.js";
import { junitReport, type TestedFile } from "./junit.js";
import { type Count, count, type Failure, failures } from "./summary.js";
import type { TestEnd } from "./test-end.js";
import { readTestedModule, type TestedModule } from "./tested-module.js";
import { type TestVersions, testVersions } from "./versions.js";

/** What `meshwasm test --json` prints. */
export interface TestSummary {
  name: string;
  version: string;
  /** Of the module that was tested. */
  sha256: string;
  /** What it was tested with. */
  versions: TestVersions;
  specs: Count;
  cases: Count;
  hostTests: Count;
  /** Each failure: what failed, and why. */
  failures: Failure[];
}

export interface TestOptions {
  /** Where a JUnit report goes; absent: none is written. */
  junit?: string;
}

/**
 * Builds a filter and runs its as-pect specs, its declarative cases and its host tests against the built module.
 *
 * @throws MeshwasmError TEST_FAILED, with the summary in `details`, when a test failed or none ran; FILTER_INVALID for a
 *   file of cases; and those of `loadFilter` and `buildFilter`
 */
export async function runTests(dir: string, output: Output, options: TestOptions = {}): Promise<TestSummary> {
  const filter = await loadFilter(dir);
  const files = await findTests(filter.dir);
  // Before the build: a slip in a file of cases should not take a compilation to be told.
  const caseFiles = await Promise.all(files.cases.map((path) => loadCases(path, relative(filter.dir, path))));
  const build = await buildFilter(filter, { onWarning: (line) => output.warn(line) });
  const module = await readTestedModule(build.wasm, filter.manifest);

  const specs = await runSpecs(filter.dir, files.specs, module, output);
  const cases = runCases(caseFiles, module, output);
  const host =
    files.hostTests.length > 0
      ? await runHostTests(filter.dir, files.hostTests, output.quiet)
      : { files: [], exitCode: 0 };
  const all = [...specs, ...cases, ...host.files];
  const failed = failures(all.flatMap(({ tests }) => tests));
  if (host.exitCode !== 0 && count(host.files).failed === 0) {
    failed.push({ name: "node --test", message: `ended with exit code ${host.exitCode}` });
  }
  if (options.junit !== undefined) {
    await writeFilesAtomic(new Map([[resolve(options.junit), junitReport(build.name, all)]]));
  }
  const summary: TestSummary = {
    name: build.name,
    version: build.version,
    sha256: build.sha256,
    versions: await testVersions(filter.dir),
    specs: count(specs),
    cases: count(cases),
    hostTests: count(host.files),
    failures: failed,
  };
  return checked(summary, filter.dir);
}

function checked(summary: TestSummary, dir: string): TestSummary {
  const ran = passedTests(summary);
  const words = `${ran} passed, ${summary.failures.length} failed`;
  if (summary.failures.length > 0) throw new MeshwasmError("TEST_FAILED", words, { details: summary });
  if (ran === 0) {
    throw new MeshwasmError("TEST_FAILED", `no test ran in ${dir}`, {
      details: summary,
      hint: "specs are assembly/__tests__/*.spec.ts, cases test/*.yaml, host tests test/*.test.ts",
    });
  }
  return summary;
}

/** How many tests of all kinds passed. */
export function passedTests({ specs, cases, hostTests }: TestSummary): number {
  return specs.passed + cases.passed + hostTests.passed;
}

async function runSpecs(
  dir: string,
  paths: readonly string[],
  module: TestedModule,
  output: Output,
): Promise<TestedFile[]> {
  const files: TestedFile[] = [];
  for (const path of paths) {
    const file = relative(dir, path);
    output.info(file);
    const imports = hostImports(module);
    const tests = runSpec(file, await compileSpec(dir, path), imports).map(
      ({ failure, ...test }): TestEnd => ({
        ...test,
        skipped: false,
        ...(failure !== undefined && { message: failure }),
      }),
    );
    for (const test of tests) report(test, output);
    files.push({ file, tests });
  }
  return files;
}

function runCases(caseFiles: readonly LoadedCases[], module: TestedModule, output: Output): TestedFile[] {
  return caseFiles.map((caseFile) => {
    output.info(caseFile.shown);
    const tests = runCaseFile(caseFile, module);
    for (const test of tests) report(test, output);
    return { file: caseFile.shown, tests };
  });
}

function report({ path, passed, message = "", place }: TestEnd, output: Output): void {
  const { green, red } = output.paint;
  output.info(`  ${passed ? green("✔") : red("✖")} ${path.join(" › ")}`);
  if (passed) return;
  if (place !== undefined) output.info(`    at ${place}`);
  for (const line of message.split("\n")) output.info(`    ${line}`);
}
