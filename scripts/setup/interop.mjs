import { join } from "node:path";
import { capture, root } from "../run.mjs";
import { installDebianPackage } from "./apt.mjs";
import { ensureGoProgram, goHint } from "./go.mjs";
import { ensureGoTool } from "./go-tools.mjs";
import { ensureOrasPython, orasPythonHint } from "./oras-python.mjs";

const folder = join(root, "test", "interop");

/** Where the sources of the Go programs of the interop tests are. */
export const interopPrograms = { "oras-go": join(folder, "oras-go"), registry: join(folder, "registry") };

/**
 * Finds other people's OCI clients and registry; with `install` gets those that are missing.
 *
 * @returns what is missing still, each with how to get it.
 */
export async function ensureInterop({ install }) {
  const missing = [];
  for (const tool of ["crane", "regctl", "cosign"]) {
    const found = (await ensureGoTool(tool, { install })) ?? (await capture(tool, ["version"]));
    if (found === undefined) missing.push(`${tool}: ${goHint}`);
  }
  for (const [name, source] of Object.entries(interopPrograms)) {
    if (!(await ensureGoProgram(source, { install }))) missing.push(`${name}: ${goHint}`);
  }
  if (!(await ensureOrasPython({ install }))) missing.push(`ORAS Python: ${orasPythonHint}`);
  if ((await capture("skopeo", ["--version"])) === undefined) {
    if (install && process.env.CI === "true") await installDebianPackage("skopeo");
    else missing.push("skopeo: sudo apt-get install skopeo");
  }
  return missing;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const line of await ensureInterop({ install: true })) console.log(`missing: ${line}`);
}
