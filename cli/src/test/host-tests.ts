import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { removeOnSignal, undoOnSignal } from "../temporary.js";

/** One test that has ended. */
export interface TestEnd {
  /** The suites around it and its own name; of a file that did not load, the file's. */
  path: string[];
  passed: boolean;
  skipped: boolean;
  /** Why it failed. */
  message?: string;
  /** `FILE:LINE:COLUMN` of the failure in the test's file, from the filter's folder, where it is known. */
  place?: string;
}

/** A line of event-reporter.js. */
interface TestEvent extends Omit<TestEnd, "place"> {
  file?: string;
  stack?: string;
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
  const releases = [removeOnSignal(folder)];
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
    releases.push(undoOnSignal(() => child.kill("SIGTERM")));
    child.stdout.pipe(process.stderr, { end: false });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const lines = (await readFile(events, "utf8")).split("\n").filter(Boolean);
    return { tests: lines.map((line) => endOf(JSON.parse(line) as TestEvent, dir)), exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const release of releases) release();
  }
}

function endOf({ path, file = "", passed, skipped, message, stack = "" }: TestEvent, dir: string): TestEnd {
  const inFile = stack.split(file).find((rest, index) => index > 0 && /^:\d+:\d+/.test(rest));
  const position = /^:\d+:\d+/.exec(inFile ?? "")?.[0];
  return {
    path: path.map((name) => (name === file ? relative(dir, file) : name)),
    passed,
    skipped,
    ...(message !== undefined && { message: message.trim() }),
    ...(position !== undefined && { place: `${relative(dir, file)}${position}` }),
  };
}
