import { spawn } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "../cli/filter-folder.js";
import { findTool } from "../parts/go-tools.js";

/** The password of every encrypted key in these tests. */
export const password = "pa55 of the test's key";

/** How a run of cosign ended. */
export interface CosignRun {
  code: number | null;
  stdout: string;
  /** Both streams, for messages. */
  all: string;
}

/** The real cosign with a folder of its own. */
export interface Cosign {
  /** Where its key files are. */
  folder: string;
  run(args: readonly string[]): Promise<CosignRun>;
}

/** Signs without asking, and without any service beyond the registry. */
export const signFlags = ["--yes", "--tlog-upload=false", "--use-signing-config=false"];
/** Verifies without any service beyond the registry. */
export const verifyFlags = ["--insecure-ignore-tlog"];

/**
 * The real cosign; undefined: it is not here, and the test was skipped. Under CI it must be here.
 */
export async function useCosign(t: TestContext): Promise<Cosign | undefined> {
  const program = await findTool("cosign");
  if (!program) {
    const reason = "cosign is not installed: CI=true npm run setup builds it";
    if (process.env.CI === "true") throw new Error(reason);
    t.skip(reason);
    return undefined;
  }
  const folder = await temporaryFolder(t);
  // Nothing of the user's, and nothing that it could reach beyond loopback.
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TUF_ROOT: join(folder, "tuf"),
    COSIGN_PASSWORD: password,
    HTTPS_PROXY: "http://127.0.0.1:9",
  };
  return { folder, run: (args) => runCosign(program, args, folder, env) };
}

function runCosign(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string | undefined>,
): Promise<CosignRun> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout, all: `cosign ${args.join(" ")}\nexit ${code}\n${stdout}${stderr}` });
    });
  });
}
