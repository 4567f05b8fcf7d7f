import { relative, resolve } from "node:path";
import { buildFilter } from "../build/build.js";
import { type LoadedCases, loadCases } from "../cases/load-cases.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import { countingGround, plainGround, type TestGround } from "../line-coverage/counting.js";
import { type CoverageSummary, coverageText, lcovReport, summarize } from "../line-coverage/report.js";
import type { Output } from "../output.js";
import { compileSpec } from "../spec/compile-spec.js";
import { hostImports } from "../spec/host-imports.js";
import { runSpec } from "../spec/run-spec.js";
import { writeFilesAtomic } from "../write-files.js";
import { runCaseFile } from "./case-tests.js";
import { findTests } from "./find-tests.js";
import { type HostTestResult, runHostTests } from "./host-tests.js";
import { junitReport, type TestedFile } from "./junit.js";
import { type Count, count, type Failure, failures } from "./summary.js";
import type { TestEnd } from "./test-end.js";
import type { TestedModule } from "./tested-module.js";
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
  /** Absent: it was not asked for. */
  coverage?: CoverageSummary;
  /** Each failure: what failed, and why. */
  failures: Failure[];
}

export interface TestOptions {
  /** Whether to count which lines of the filter's own sources the tests run. */
  coverage?: boolean;
  /** Where an lcov tracefile goes; absent: none is written. Counts, as `coverage` does. */
  lcov?: string;
  /** The lowest share of lines that passes, in percent; absent: any does. Counts, as `coverage` does. */
  threshold?: number;
  /** Where a JUnit report goes; absent: none is written. */
  junit?: string;
}

/**
 * Builds a filter and runs its as-pect specs, its declarative cases and its host tests against the built module.
 *
 * @throws MeshwasmError TEST_FAILED, with the summary in `details`, when a test failed, none ran, or too few lines are
 *   covered; FILTER_INVALID for a file of cases; and those of `loadFilter` and `buildFilter`
 */
export async function runTests(dir: string, output: Output, options: TestOptions = {}): Promise<TestSummary> {
  const filter = await loadFilter(dir);
  const files = await findTests(filter.dir);
  // Before the build: a slip in a file of cases should not take a compilation to be told.
  const caseFiles = await Promise.all(files.cases.map((path) => loadCases(path, relative(filter.dir, path))));
  const build = await buildFilter(filter, { onWarning: (line) => output.warn(line) });
  const { lcov, threshold } = options;
  const counting = options.coverage || lcov !== undefined || threshold !== undefined;
  const ground = await (counting ? countingGround : plainGround)(filter, build.wasm);
  let specs: TestedFile[];
  let cases: TestedFile[];
  let host: HostTestResult = { files: [], exitCode: 0 };
  try {
    specs = await runSpecs(filter.dir, files.specs, ground, output);
    cases = runCases(caseFiles, ground.module, output);
    if (files.hostTests.length > 0)
      host = await ground.hostTests((how) => runHostTests(filter.dir, files.hostTests, output.quiet, how));
  } finally {
    ground.stop();
  }
  const all = [...specs, ...cases, ...host.files];
  const failed = failures(all.flatMap(({ tests }) => tests));
  if (host.exitCode !== 0 && count(host.files).failed === 0) {
    failed.push({ name: "node --test", message: `ended with exit code ${host.exitCode}` });
  }
  if (options.junit !== undefined) {
    await writeFilesAtomic(new Map([[resolve(options.junit), junitReport(build.name, all)]]));
  }
  const covered = ground.coverage?.files();
  const coverage = covered && summarize(covered);
  if (covered && lcov !== undefined)
    await writeFilesAtomic(new Map([[resolve(lcov), lcovReport(filter.dir, covered)]]));
  for (const line of coverage ? coverageText(coverage) : []) output.info(line);
  const summary: TestSummary = {
    name: build.name,
    version: build.version,
    sha256: build.sha256,
    versions: await testVersions(filter.dir),
    specs: count(specs),
    cases: count(cases),
    hostTests: count(host.files),
    ...(coverage && { coverage }),
    failures: failed,
  };
  return checked(summary, filter.dir, threshold);
}

function checked(summary: TestSummary, dir: string, threshold = 0): TestSummary {
  const ran = passedTests(summary);
  const words = `${ran} passed, ${summary.failures.length} failed`;
  if (summary.failures.length > 0) throw new MeshwasmError("TEST_FAILED", words, { details: summary });
  if (ran === 0) {
    throw new MeshwasmError("TEST_FAILED", `no test ran in ${dir}`, {
      details: summary,
      hint: "specs are assembly/__tests__/*.spec.ts, cases test/*.yaml, host tests test/*.test.ts",
    });
  }
  const percent = summary.coverage?.lines.percent ?? 100;
  if (percent < threshold) {
    throw new MeshwasmError("TEST_FAILED", `${percent} % of the lines are covered, not ${threshold} %`, {
      details: summary,
      hint: "the column 'not covered' has the lines that no test runs",
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
  { module, transforms, specImports }: TestGround,
  output: Output,
): Promise<TestedFile[]> {
  const files: TestedFile[] = [];
  for (const path of paths) {
    const file = relative(dir, path);
    output.info(file);
    const { modules, attach } = hostImports(module);
    const imports = { modules: { ...modules, ...specImports }, attach };
    const tests = runSpec(file, await compileSpec(dir, path, transforms), imports).map(
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
