import { Host } from "@meshwasm/sdk/host";
import { Bench } from "tinybench";

/** Exchanges a second through the hello filter in the in-process host, and what memory it ends with. */
export async function measureHost(wasm: Uint8Array): Promise<string[]> {
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
  return [
    ...lines,
    `${quiet.memorySize / 1024} KiB of guest memory after ${quiet.counter("hello.greeted")} exchanges`,
  ];
}
