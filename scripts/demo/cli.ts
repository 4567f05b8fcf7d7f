import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../cli/bin/meshwasm.js", import.meta.url));

/** Runs a `meshwasm` command with `--json` and returns its document; an error carries what the command said. */
export async function meshwasm<T>(args: string[], signal: AbortSignal): Promise<T> {
  const child = spawn(process.execPath, [cli, ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`meshwasm ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  return JSON.parse(stdout) as T;
}

/** What `meshwasm run --json` says once traffic can come. */
export interface RunDocument {
  listen: string;
  upstream: string;
  sha256: string;
}

/** A `meshwasm run` in the background. */
export interface RunningCli {
  document: RunDocument;
  /** Rejects when the command ends by itself. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts `meshwasm run` and waits for its document. */
export async function meshwasmRun(args: string[]): Promise<RunningCli> {
  const child = spawn(process.execPath, [cli, "run", ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const failed = once(child, "close").then(([code]) => {
    throw new Error(`meshwasm run ended with ${code}:\n${stderr}`);
  });
  failed.catch(() => {}); // It ends in any case; whoever waits for something else races against this.
  const stop = async () => stopChild(child);
  try {
    return { document: await Promise.race([firstDocument(child), failed]), failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function firstDocument(child: ChildProcess): Promise<RunDocument> {
  let text = "";
  return new Promise((resolve) => {
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.endsWith("}\n")) resolve(JSON.parse(text) as RunDocument);
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}
