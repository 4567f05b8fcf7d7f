import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureGoProgram } from "../../scripts/setup/go.mjs";
import { interopPrograms } from "../../scripts/setup/interop.mjs";
import { ensureOrasPython } from "../../scripts/setup/oras-python.mjs";
import { type Cleanup, startServer } from "../interop/registries/place.js";
import { runProgram } from "../interop/run-program.js";
import { findTool } from "../parts/go-tools.js";

const bin = fileURLToPath(new URL("../../cli/bin/meshwasm.js", import.meta.url));
const python = fileURLToPath(new URL("../interop/oras-python.py", import.meta.url));

/** Runs a program in the benchmark's folder; its standard output. */
export type Run = (...args: string[]) => Promise<string>;

/** All programs that are compared, on one registry. */
export interface Clients {
  /** `127.0.0.1:PORT` of go-containerregistry's registry, which keeps all in memory. */
  host: string;
  /** The CLI as its users have it: a process of Node for each command. */
  meshwasm: Run;
  crane: Run;
  /** The ORAS Python SDK, through the interop tests' script. */
  orasPython: Run;
  /** Node with any arguments. */
  node: Run;
}

/** Starts the registry and finds the programs. @throws Error that names what is missing. */
export async function openClients(t: Cleanup, folder: string): Promise<Clients> {
  const registry = await ensureGoProgram(interopPrograms.registry, { install: false });
  const crane = await findTool("crane");
  const path = await ensureOrasPython({ install: false });
  if (!registry || !crane || !path)
    throw new Error("crane, the registry or ORAS Python is missing: npm run setup");
  const config = join(folder, "docker");
  await mkdir(config);
  await writeFile(join(config, "config.json"), "{}");
  const env = { DOCKER_CONFIG: config, ORAS_AUTH_BACKEND: "token", ORAS_PLAIN_HTTP: "1", PYTHONPATH: path };
  const runner =
    (program: string, ...first: string[]): Run =>
    async (...args) =>
      (await runProgram(program, [...first, ...args], { env, cwd: folder })).toString();
  return {
    host: await startServer(t, registry, []),
    meshwasm: runner(process.execPath, bin),
    crane: runner(crane),
    orasPython: runner("python3", python),
    node: runner(process.execPath),
  };
}
