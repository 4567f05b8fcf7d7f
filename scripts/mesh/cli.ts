import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Mesh } from "../../test/mesh/mesh.js";

const cli = fileURLToPath(new URL("../../cli/bin/meshwasm.js", import.meta.url));

/** Runs a `meshwasm` command on a namespace of the mesh; what it printed for people. */
export async function meshwasmIn(
  { kube }: Mesh,
  namespace: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args, "-n", namespace, "--kubeconfig", kube.kubeconfig], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const [code] = await once(child, "close");
  // `status` ends with 1 while something is not ready, and says what.
  if (code !== 0 && args[0] !== "status") {
    throw new Error(`meshwasm ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  }
  return stdout.trimEnd();
}

/** The first line of what a command printed. */
export function shown(text: string): string {
  return text.split("\n")[0] ?? "";
}
