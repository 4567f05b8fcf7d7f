import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One test that has ended. */
export interface TestEnd {
  name: string;
  passed: boolean;
  skipped: boolean;
  isSuite: boolean;
  file?: string;
  /** Why it failed. */
  message?: string;
}

/** How a filter's host tests went. */
export interface HostTestResult {
  tests: TestEnd[];
  /** The exit code of `node --test`. */
  exitCode: number;
}

/**
 * Runs host tests under Node's own runner, TypeScript through tsx. Its report goes to our stderr, so that stdout stays
 * the result's.
 *
 * @param files absolute paths; never empty, since `node --test` without files looks for its own
 */
export async function runHostTests(dir: string, files: string[], quiet: boolean): Promise<HostTestResult> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-test-"));
  try {
    const events = join(folder, "events.jsonl");
    const args = [
      ...process.execArgv.filter((arg) => arg.startsWith("--conditions")),
      ...["--import", import.meta.resolve("tsx"), "--test"],
      ...[
        "--test-reporter",
        fileURLToPath(new URL("./event-reporter.js", import.meta.url)),
        "--test-reporter-destination",
        events,
      ],
      ...(quiet ? [] : ["--test-reporter", "spec", "--test-reporter-destination", "stdout"]),
      ...files,
    ];
    // Under another `node --test` a child would speak that one's protocol.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.pipe(process.stderr, { end: false });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const lines = (await readFile(events, "utf8")).split("\n").filter(Boolean);
    return { tests: lines.map((line) => JSON.parse(line) as TestEnd).filter(isTest), exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Suites are counted by their tests; a file that failed to load is a test that failed. */
function isTest({ isSuite, passed }: TestEnd): boolean {
  return !isSuite || !passed;
}
