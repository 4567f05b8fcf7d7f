import { Host } from "@meshwasm/sdk/host";
import { MeshwasmError } from "../errors.js";
import type { Workload } from "./workload.js";

/** How much is measured. */
export interface MeasureOptions {
  /** Exchanges that are timed. */
  exchanges: number;
  /** Streams that are held open at once. */
  streams: number;
}

/** What a workload costs. */
export interface Measured {
  name: string;
  exchanges: number;
  /** Microseconds for an exchange, host and filter together. */
  medianMicros: number;
  p99Micros: number;
  /** Of one exchange; the mean where a case sends several. */
  hostcalls: number;
  callbacks: number;
  memory: {
    /** Bytes once the plugin is configured. */
    started: number;
    /** Bytes after all exchanges. */
    afterExchanges: number;
    streams: number;
    /** Bytes while that many streams are open, in a VM of their own. */
    withStreams: number;
  };
}

/**
 * Sends a workload through the in-process host.
 *
 * @throws MeshwasmError of the host when it refuses the filter; WORK_FAILED when the filter traps
 */
export function measure(
  wasm: Uint8Array,
  workload: Workload,
  { exchanges, streams }: MeasureOptions,
): Measured {
  const { name, options, traffic } = workload;
  const quiet = { ...options, transcript: false, keep: 100 };
  const { hostcalls, callbacks } = countCalls(wasm, workload);

  const host = new Host(wasm, quiet).start();
  const started = host.memorySize;
  const turns = Math.max(1, Math.round(exchanges / traffic.length));
  const times = new Float64Array(turns * traffic.length);
  // The compiler of the engine takes its time: the first exchanges are not what the later ones are.
  for (let turn = 0; turn < Math.ceil(turns / 10); turn++) for (const each of traffic) each.send(host);
  let at = 0;
  for (let turn = 0; turn < turns; turn++) {
    for (const each of traffic) {
      const before = performance.now();
      each.send(host);
      times[at++] = performance.now() - before;
    }
    checkAlive(host, name);
  }
  const afterExchanges = host.memorySize;
  host.close();

  const holding = new Host(wasm, quiet).start();
  for (let open = 0; open < streams; open++) traffic[open % traffic.length]?.open(holding);
  checkAlive(holding, name);
  times.sort();
  return {
    name,
    exchanges: times.length,
    medianMicros: micros(times, 0.5),
    p99Micros: micros(times, 0.99),
    hostcalls,
    callbacks,
    memory: { started, afterExchanges, streams, withStreams: holding.memorySize },
  };
}

function countCalls(wasm: Uint8Array, { name, options, traffic }: Workload) {
  const host = new Host(wasm, options).start();
  const calls = traffic.flatMap((each) => each.send(host));
  checkAlive(host, name);
  host.close();
  const mean = (kind: string) =>
    Math.round((100 * calls.filter((call) => call.kind === kind).length) / traffic.length) / 100;
  return { hostcalls: mean("hostcall"), callbacks: mean("callback") };
}

function checkAlive({ failure }: Host, name: string): void {
  if (!failure) return;
  throw new MeshwasmError("WORK_FAILED", `${name}: the filter died: ${failure.message}`, {
    cause: failure,
    hint: "meshwasm test shows what went before",
  });
}

/** @param times sorted milliseconds */
function micros(times: Float64Array, share: number): number {
  const index = Math.min(times.length - 1, Math.ceil(times.length * share) - 1);
  return Math.round((times[Math.max(0, index)] ?? 0) * 100_000) / 100;
}
