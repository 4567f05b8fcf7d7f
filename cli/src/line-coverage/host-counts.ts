import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeOnSignal } from "../temporary.js";
import type { Coverage } from "./coverage.js";
import type { InstrumentedModule } from "./instrumented.js";

/** What makes the processes of host tests count. */
export interface HostCounting {
  /** Arguments of node, before those that load other things. */
  nodeArgs: string[];
  env: Record<string, string>;
}

/**
 * Runs host tests so that they count: hook.js, which they load first, gives them the instrumented module in place of the
 * one that was built.
 *
 * @param wasm absolute path of the module that was built
 */
export async function withHostCounts<T>(
  wasm: string,
  module: InstrumentedModule,
  coverage: Coverage,
  run: (counting: HostCounting) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-coverage-"));
  const release = removeOnSignal(folder);
  try {
    await writeFile(join(folder, "filter.wasm"), module.wasm);
    await writeFile(join(folder, "filter.wasm.map"), module.sourceMap);
    await writeFile(
      join(folder, "plan.json"),
      JSON.stringify({ wasm: await realpath(wasm), size: coverage.size }),
    );
    const hook = new URL("./hook.js", import.meta.url).href;
    const result = await run({ nodeArgs: ["--import", hook], env: { MESHWASM_COVERAGE: folder } });
    for (const name of await readdir(folder)) {
      if (!name.startsWith("hits-")) continue;
      const hits = JSON.parse(await readFile(join(folder, name), "utf8")) as [number, number][];
      for (const [number, times] of hits) coverage.add(number, times);
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
    release();
  }
}
