import { Agent, request } from "node:http";
import { type RunningEnvoy, startEnvoy } from "../../cli/src/envoy/process.js";
import { testFilter } from "../../cli/src/envoy/test-filter.js";
import { startHttpUpstream } from "../e2e/engines/http-upstream.js";
import { cpuMillis } from "./cpu.js";

const rounds = 7;
const requests = 3000;

/** CPU time of an Envoy for each request, with the hello filter and with a module that does nothing, by turns. */
export async function measureEnvoy(wasm: Uint8Array): Promise<string[]> {
  const upstream = await startHttpUpstream();
  const envoys: RunningEnvoy[] = [];
  try {
    const common = { upstream: upstream.url, rootId: "hello", config: '{"greeting": "hi"}' };
    const idle = await startEnvoy({ ...common, wasm: testFilter({}) });
    envoys.push(idle);
    const hello = await startEnvoy({ ...common, wasm });
    envoys.push(hello);
    const costs = new Map<RunningEnvoy, number[]>(envoys.map((envoy) => [envoy, []]));
    for (const envoy of envoys) await load(envoy, requests);
    for (let round = 0; round < rounds; round++) {
      for (const envoy of envoys) costs.get(envoy)?.push(await cpuPerRequest(envoy));
    }
    const [base, cost] = envoys.map((envoy) => median(costs.get(envoy) ?? [])) as [number, number];
    return [
      `${base.toFixed(1)} µs of CPU a request with a module that does nothing (median of ${rounds} rounds)`,
      `${cost.toFixed(1)} µs with hello: × ${(cost / base).toFixed(2)}`,
    ];
  } finally {
    for (const envoy of envoys) await envoy.stop();
    await upstream.close();
  }
}

async function cpuPerRequest(envoy: RunningEnvoy): Promise<number> {
  const before = await cpuMillis(envoy.pid);
  await load(envoy, requests);
  return (((await cpuMillis(envoy.pid)) - before) * 1000) / requests;
}

/** Sends requests over 8 kept-alive connections. */
async function load({ listen }: RunningEnvoy, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      await new Promise<void>((resolve, reject) => {
        const sent = request({ ...listen, path: "/", agent }, (response) => {
          response.resume();
          response.on("end", resolve);
        });
        sent.on("error", reject);
        sent.end();
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  agent.destroy();
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
