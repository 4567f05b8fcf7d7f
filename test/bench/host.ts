import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Host } from "@meshwasm/sdk/host";
import { Bench } from "tinybench";
import { runProgram } from "../interop/run-program.js";
import { spreadOf } from "./statistics.js";

/** Exchanges a second through the hello filter in the in-process host, and what memory it ends with. */
export async function measureHost(file: string): Promise<string[]> {
  const wasm = await readFile(file);
  const options = { rootId: "hello", pluginConfig: { greeting: "hi" } };
  const quiet = new Host(wasm, { ...options, transcript: false }).start();
  const loud = new Host(wasm, options).start();
  const bench = new Bench({ time: 2000, warmupTime: 500 });
  bench.add("without transcript", () => void quiet.exchange({ path: "/" }));
  bench.add("with transcript", () => void loud.exchange({ path: "/" }));
  await bench.run();
  const lines = bench.tasks.map(({ name, result }) => {
    if (result.state !== "completed") throw new Error(`${name} did not complete`);
    return `${Math.round(result.throughput.p50).toLocaleString("en")} exchanges/s (median) ${name}`;
  });
  return [...lines, ...memoryOver(quiet), await startUp(file)];
}

const checkpoints = [10_000, 1_000_000];

/** What host and guest hold after so many exchanges; all but the counts of a host that remembers nothing should stay. */
function memoryOver(host: Host): string[] {
  let done = 0;
  return checkpoints.map((count) => {
    for (; done < count; done++) host.exchange({ path: "/" });
    globalThis.gc?.();
    const heap = process.memoryUsage().heapUsed / 1024 ** 2;
    const exchanges = count.toLocaleString("en");
    return `${heap.toFixed(1)} MB of heap, ${host.memorySize / 1024} KiB of guest memory after ${exchanges} exchanges`;
  });
}

/** A process of its own, so that nothing is loaded yet. */
async function startUp(file: string): Promise<string> {
  const script = fileURLToPath(new URL("host-start.mjs", import.meta.url));
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    times.push(Number(await runProgram(process.execPath, [script, file, "hello"])));
  }
  return `${spreadOf(times).median.toFixed(0)} ms from importing the host to the end of the first callbacks, compilation included`;
}
