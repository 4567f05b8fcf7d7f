import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../interop/run-program.js";
import type { Clients } from "./clients.js";
import type { OciFigures } from "./oci-figures.js";
import { randomModule } from "./random-module.js";
import { byTurns, type Spread } from "./statistics.js";

const floor = fileURLToPath(new URL("pull-floor.mjs", import.meta.url));
const rounds = 7;
const moduleBytes = 5_000_000;

/**
 * Push and pull of a module of 5 MB, another one each round. Each client does what its users do: ours and crane pack a
 * compressed layer, the Python SDK sends the module as it is; `crane pull` leaves the layer packed, its `export` does not.
 */
export async function measureModule(clients: Clients, folder: string): Promise<OciFigures> {
  const { host, meshwasm, crane, orasPython, node } = clients;
  for (let round = 0; round <= rounds; round++) await writeModule(folder, round);
  const start = async () => void (await node("-e", "0"));
  const push = await byTurns(rounds, {
    node: start,
    meshwasm: async (round) =>
      void (await meshwasm("push", `${round}/plugin.wasm`, `${host}/ours/m:${round}`)),
    "meshwasm-raw": async (round) =>
      void (await meshwasm("push", `${round}/plugin.wasm`, `${host}/raw/m:${round}`, "--format", "oci")),
    crane: async (round) =>
      void (await crane(
        "append",
        "--oci-empty-base",
        "-f",
        `${round}/plugin.tar`,
        "-t",
        `${host}/crane/m:${round}`,
      )),
    "oras-python": async (round) => {
      const files = ["config.json:application/vnd.module.wasm.config.v1+json"];
      const type = "application/vnd.module.wasm.content.layer.v1+wasm";
      await orasPython("push", `${host}/python/m:${round}`, ...files, `${round}/plugin.wasm:${type}`);
    },
  });
  const pull = await byTurns(rounds, {
    node: start,
    meshwasm: async (round) =>
      void (await meshwasm("pull", `${host}/ours/m:${round}`, "-o", `${round}/ours`)),
    "meshwasm-raw": async (round) =>
      void (await meshwasm("pull", `${host}/raw/m:${round}`, "-o", `${round}/raw`)),
    "node-floor": async (round) =>
      void (await node(floor, host, "ours/m", String(round), `${round}/floor.wasm`)),
    crane: async (round) => void (await crane("pull", `${host}/crane/m:${round}`, `${round}/pulled.tar`)),
    "crane-export": async (round) =>
      void (await crane("export", `${host}/crane/m:${round}`, `${round}/exported.tar`)),
    "oras-python": async (round) =>
      void (await orasPython("pull", `${host}/python/m:${round}`, `${round}/python`)),
  });
  return {
    rows: [...rowsOf("push 5 MB", push), ...rowsOf("pull 5 MB", pull)],
    ratios: {
      push: ratio(push),
      pull: ratio(pull),
      // What no program on Node can be below, against the same.
      pullFloor: ratio({ ...pull, meshwasm: pull["node-floor"] }),
    },
  };
}

/** Our time without Node's own start, against crane's. */
function ratio(times: Record<"node" | "meshwasm" | "crane", Spread>): number {
  return (times.meshwasm.median - times.node.median) / times.crane.median;
}

function rowsOf(what: string, times: Record<string, Spread>): OciFigures["rows"] {
  return Object.entries(times).map(([name, spread]) => ({ what, name, unit: "ms", ...spread }));
}

async function writeModule(folder: string, round: number): Promise<void> {
  const place = join(folder, String(round));
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  await writeFile(join(folder, "config.json"), "{}");
  await writeFile(join(place, "plugin.wasm"), randomModule(moduleBytes));
  await runProgram("tar", ["-cf", "plugin.tar", "plugin.wasm"], { cwd: place });
}
