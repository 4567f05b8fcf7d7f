import { join } from "node:path";
import { capture, run } from "../run.mjs";
import { cached, cacheFolder, exists } from "./cache.mjs";

/** The ORAS project's own Python client. */
export const orasPythonVersion = "0.2.43";

/** What a person runs to get Python. */
export const orasPythonHint = "install Python 3.8 or newer with pip";

/** The folder for PYTHONPATH, there or not. */
export function orasPythonPath() {
  return join(cacheFolder(), `oras-python-${orasPythonVersion}`);
}

/**
 * Finds the ORAS Python SDK in the cache, or installs it with what it needs.
 *
 * @returns the folder for PYTHONPATH; undefined: it is not there, and `install` is false or there is no Python.
 */
export async function ensureOrasPython({ install }) {
  const folder = orasPythonPath();
  if (await exists(folder)) return folder;
  if (!install || (await capture("python3", ["-m", "pip", "--version"])) === undefined) return undefined;
  return cached(`oras-python-${orasPythonVersion}`, async (partial) => {
    const quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"];
    await run("python3", [
      "-m",
      "pip",
      "install",
      ...quiet,
      "--target",
      partial,
      `oras==${orasPythonVersion}`,
    ]);
  });
}
