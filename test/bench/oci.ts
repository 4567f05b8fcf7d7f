import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openClients } from "./clients.js";
import { describeFigures, type OciFigures } from "./oci-figures.js";
import { measureBigBlob, measureMirror, measureUnchanged } from "./oci-mirror.js";
import { measureModule } from "./oci-module.js";

const resultFile = fileURLToPath(new URL("../../build/bench-results.json", import.meta.url));

/**
 * Our OCI client beside crane and the ORAS Python SDK on one local registry; also writes the figures to
 * `build/bench-results.json`.
 */
export async function measureOci(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-bench-"));
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const clients = await openClients({ after: (work) => cleanups.push(work) }, folder);
    const parts = [
      await measureModule(clients, folder),
      await measureUnchanged(clients),
      await measureMirror(clients),
      await measureBigBlob(clients, folder),
    ];
    const figures: OciFigures = {
      rows: parts.flatMap(({ rows }) => rows),
      ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
    };
    await mkdir(dirname(resultFile), { recursive: true });
    await writeFile(resultFile, `${JSON.stringify({ oci: figures }, null, 2)}\n`);
    return describeFigures(figures);
  } finally {
    for (const work of cleanups) await work();
    await rm(folder, { recursive: true, force: true });
  }
}
