import { loadPluginConfig } from "../run/plugin-config.js";
import { loadTarget, type TargetOptions } from "../run/target.js";
import { type Measured, type MeasureOptions, measure } from "./measure.js";
import { workloads } from "./workload.js";

/** What `meshwasm bench` was asked for. */
export interface BenchOptions extends TargetOptions, MeasureOptions {
  /** File of the plugin's configuration, for what has no case; absent: see `loadPluginConfig`. */
  config?: string;
  /** What goes wrong without ending the work. */
  onWarning: (line: string) => void;
}

/** What `meshwasm bench --json` prints. */
export interface BenchDocument {
  name: string;
  /** Of the module, lower-case hex. */
  sha256: string;
  /** Bytes of the module. */
  bytes: number;
  /** Version of Node, whose V8 ran it. */
  node: string;
  runs: Measured[];
}

/**
 * Measures a filter in the in-process host: what its cases send, or a request of no particular kind.
 *
 * @param path a filter's folder, which is built, or a module
 * @throws MeshwasmError as `loadTarget`, `loadPluginConfig`, `workloads` and `measure` do
 */
export async function benchFilter(path: string, options: BenchOptions): Promise<BenchDocument> {
  const target = await loadTarget(path, options, options.onWarning);
  const { bytes: config } = await loadPluginConfig(options.config, target.filter);
  const all = await workloads(target, config);
  return {
    name: target.pluginName,
    sha256: target.sha256,
    bytes: target.bytes.byteLength,
    node: process.versions.node,
    runs: all.map((workload) => measure(target.bytes, workload, options)),
  };
}

/** The document as lines of text. */
export function benchText({ name, bytes, node, runs }: BenchDocument): string {
  const kib = (size: number) => `${Math.round(size / 1024)} KiB`;
  const lines = runs.flatMap((run) => {
    const { started, afterExchanges, streams, withStreams } = run.memory;
    return [
      "",
      run.name,
      `  time       ${run.medianMicros} µs median, ${run.p99Micros} µs p99 of ${run.exchanges} exchanges`,
      `  calls      ${run.hostcalls} hostcalls, ${run.callbacks} callbacks an exchange`,
      `  memory     ${kib(started)} at start, ${kib(afterExchanges)} after the exchanges, ${kib(withStreams)} with ${streams} open streams`,
    ];
  });
  return [`${name}: ${kib(bytes)}, in the in-process host on Node ${node}`, ...lines].join("\n");
}
