import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostCounting } from "../line-coverage/host-counts.js";
import { removeOnSignal, undoOnSignal } from "../temporary.js";
import type { TestedFile } from "./junit.js";
import type { TestEnd } from "./test-end.js";

/** A line of event-reporter.js. */
interface TestEvent extends Omit<TestEnd, "place"> {
  file?: string;
  stack?: string;
}

/** How a filter's host tests went. */
export interface HostTestResult {
  files: TestedFile[];
  /** The exit code of `node --test`. */
  exitCode: number;
}

/**
 * Runs host tests under Node's own runner, TypeScript through tsx. Its report goes to our stderr, so that stdout stays
 * the result's.
 *
 * @param files absolute paths; never empty, since `node --test` without files looks for its own
 * @param counting makes them count the filter's statements; absent: nothing does
 */
export async function runHostTests(
  dir: string,
  files: string[],
  quiet: boolean,
  counting?: HostCounting,
): Promise<HostTestResult> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-test-"));
  const releases = [removeOnSignal(folder)];
  try {
    const report = join(folder, "events.jsonl");
    const args = [
      ...process.execArgv.filter((arg) => arg.startsWith("--conditions")),
      ...(counting?.nodeArgs ?? []),
      ...["--import", import.meta.resolve("tsx"), "--test"],
      ...[
        "--test-reporter",
        fileURLToPath(new URL("./event-reporter.js", import.meta.url)),
        "--test-reporter-destination",
        report,
      ],
      ...(quiet ? [] : ["--test-reporter", "spec", "--test-reporter-destination", "stdout"]),
      ...files,
    ];
    // Under another `node --test` a child would speak that one's protocol.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, args, {
      cwd: dir,
      env: { ...env, ...counting?.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    releases.push(undoOnSignal(() => child.kill("SIGTERM")));
    child.stdout.pipe(process.stderr, { end: false });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const lines = (await readFile(report, "utf8")).split("\n").filter(Boolean);
    const events = lines.map((line) => JSON.parse(line) as TestEvent);
    return { files: files.map((file) => testedFile(file, events, dir)), exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const release of releases) release();
  }
}

function testedFile(path: string, events: readonly TestEvent[], dir: string): TestedFile {
  const own = events.filter(({ file }) => file === path);
  return { file: relative(dir, path), tests: own.map((event) => endOf(event, dir)) };
}

function endOf(event: TestEvent, dir: string): TestEnd {
  const { path, file = "", passed, skipped, millis, message, stack = "" } = event;
  const inFile = stack.split(file).find((rest, index) => index > 0 && /^:\d+:\d+/.test(rest));
  const position = /^:\d+:\d+/.exec(inFile ?? "")?.[0];
  return {
    path: path.map((name) => (name === file ? relative(dir, file) : name)),
    passed,
    skipped,
    ...(millis !== undefined && { millis }),
    ...(message !== undefined && { message: message.trim() }),
    ...(position !== undefined && { place: `${relative(dir, file)}${position}` }),
  };
}
