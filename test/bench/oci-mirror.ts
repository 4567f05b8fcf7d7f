import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packCompat, packOci, push } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import type { Clients } from "./clients.js";
import type { OciFigures } from "./oci-figures.js";
import { randomModule } from "./random-module.js";
import { byTurns, spreadOf } from "./statistics.js";

const script = fileURLToPath(new URL("copy-all.mjs", import.meta.url));
const filters = 200;
const rounds = 5;
const blobBytes = 200_000_000;

/** 200 filters of 20 kB from a registry into a layout: one process each of ours and of crane. */
export async function measureMirror({ host, crane, node }: Clients): Promise<OciFigures> {
  const refs = Array.from({ length: filters }, (_, index) => `${host}/mirror/m:${index}`);
  for (const ref of refs) await push(packCompat({ wasm: randomModule(20_000) }), [ref]);
  const times = await byTurns(rounds, {
    meshwasm: async (round) =>
      void (await node(script, String(2 ** 26), `${host}/mirror/m`, `oci:ours-${round}`)),
    crane: async (round) => void (await crane("pull", "--format=oci", ...refs, `crane-${round}`)),
  });
  const rows = Object.entries(times).map(([name, spread]) => ({
    what: "mirror 200 filters",
    name,
    unit: "ms",
    ...spread,
  }));
  return { rows, ratios: { mirrorSpeed: times.crane.median / times.meshwasm.median } };
}

/** Peak memory of a process that copies a blob of 200 MB from a registry to disk, and from disk to a registry. */
export async function measureBigBlob({ host, node }: Clients, folder: string): Promise<OciFigures> {
  const big = packOci({ wasm: randomModule(blobBytes) });
  const source = `oci:${join(folder, "big")}`;
  await push(big, [`${source}:1`]);
  const peaks = {
    "to a registry": await peak(node, source, `${host}/big`),
    "to a layout": await peak(node, `${host}/big`, `oci:${join(folder, "back")}`),
  };
  const rows = Object.entries(peaks).map(([name, megabytes]) => ({
    ...{ what: "200 MB blob, peak", name, unit: "MB" },
    ...spreadOf([megabytes]),
  }));
  return { rows, ratios: { blobPeakMegabytes: Math.max(...Object.values(peaks)) } };
}

async function peak(node: Clients["node"], source: string, target: string): Promise<number> {
  const said = await node(script, String(2 * blobBytes), source, target);
  return Number(said.trim()) / 1024;
}

/** What a push of an artifact that is there already asks and sends. */
export async function measureUnchanged({ meshwasm }: Clients): Promise<OciFigures> {
  const registry = await startRegistry();
  try {
    const args = ["push", "0/plugin.wasm", `${registry.host}/a:1`];
    await meshwasm(...args);
    const before = registry.requests.length;
    await meshwasm(...args);
    const requests = registry.requests.slice(before);
    const unchangedUploadedBytes = requests.reduce((sum, { received }) => sum + received, 0);
    return { rows: [], ratios: { unchangedRequests: requests.length, unchangedUploadedBytes } };
  } finally {
    await registry.close();
  }
}
