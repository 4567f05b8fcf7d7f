import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The executable of the built CLI. */
export const bin = `${root}/cli/bin/meshwasm.js`;

export interface RunOptions {
  /** Absent: the checkout's folder. */
  cwd?: string;
  /** Added to our own environment; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** Written to standard input; absent: it is empty. */
  stdin?: string;
  /** Arguments of node before the CLI. */
  nodeArgs?: string[];
  /** Another executable script; absent: the checkout's CLI. */
  script?: string;
  /** A signal that is sent once, as soon as the promise resolves. */
  signal?: { name: NodeJS.Signals; when: Promise<unknown> };
}

/** How a run of the CLI ended. */
export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Everything that was printed, for messages of failed assertions. */
  all: string;
}

/** Runs the real CLI as a process of its own. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { NODE_TEST_CONTEXT: _context, NO_COLOR: _color, FORCE_COLOR: _force, ...inherited } = process.env;
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.script ?? bin, ...args], {
    cwd: options.cwd ?? root,
    env: { ...inherited, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  // It may have ended before it read anything.
  child.stdin.on("error", () => {}).end(options.stdin ?? "");
  options.signal?.when.then(() => child.kill(options.signal?.name));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const all = `meshwasm ${args.join(" ")}\nexit ${code ?? signal}\n--- stdout\n${stdout}--- stderr\n${stderr}`;
      resolve({ code, signal, stdout, stderr, all });
    });
  });
}

/** Runs the CLI with `--json` behind, which must end with `code` and print one document; returns it. */
export async function runJson<T = Record<string, unknown>>(
  args: readonly string[],
  options: RunOptions & { code?: number } = {},
): Promise<T> {
  const ended = await runCli([...args, "--json"], options);
  assert.equal(ended.code, options.code ?? 0, ended.all);
  try {
    return JSON.parse(ended.stdout) as T;
  } catch {
    return assert.fail(`stdout is not one JSON document\n${ended.all}`);
  }
}

/** The document of an error. */
export interface ErrorDocument {
  error: { code: string; message: string; hint?: string; details?: unknown };
}

/** What a failed run must be. */
export interface Failure {
  code: number;
  /** Of the error's table. */
  errorCode?: string;
  /** In the message. */
  message: RegExp;
  /** In the hint. */
  hint?: RegExp;
}

/** Checks that a run failed as a person expects it: exit code, words, no stack, nothing on stdout. */
export function assertFailed(ended: Ended, expected: Failure): void {
  assert.equal(ended.code, expected.code, ended.all);
  assert.equal(ended.stdout, "", ended.all);
  assert.match(ended.stderr, /^error: /m, ended.all);
  assert.match(ended.stderr, expected.message, ended.all);
  if (expected.hint) assert.match(ended.stderr, expected.hint, ended.all);
  assert.doesNotMatch(ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, `no stack without --debug\n${ended.all}`);
  assert.doesNotMatch(ended.stderr, /fault in meshwasm/, ended.all);
}
