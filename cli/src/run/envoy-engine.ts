import type { HostPort } from "../envoy/endpoint.js";
import { failureReason } from "../envoy/failure-reason.js";
import type { EnvoyBinary } from "../envoy/find.js";
import { type RunningEnvoy, startEnvoy } from "../envoy/process.js";
import { MeshwasmError } from "../errors.js";
import type { ExchangeSink, RecordedFilter } from "../record/recorded.js";
import type { Engine, EngineOptions } from "./engine.js";
import { EnvoyRecording } from "./envoy-recording.js";
import { EnvoyTcpRecording } from "./envoy-tcp-recording.js";

/**
 * Runs the filter in a real Envoy.
 *
 * @throws MeshwasmError as `startEnvoy` does
 */
export async function startEnvoyEngine(options: EngineOptions, envoy: EnvoyBinary): Promise<Engine> {
  const recording = options.recorder && (await startRecording(options, options.recorder));
  let running: RunningEnvoy;
  try {
    const { clusters = options.clusters, amend, between } = recording ?? {};
    running = await startEnvoy({ ...options, ...between, envoy, clusters, ...(amend && { amend }) });
    recording?.started?.(running.listen);
  } catch (error) {
    await recording?.stop();
    throw error;
  }
  let stopped = false;
  const failed = new Promise<Error>((resolve) => {
    void running.exited.then(({ code, signal }) => {
      if (stopped || options.signal.aborted) return;
      const details = running.logs();
      const how = signal ?? `exit code ${code}`;
      resolve(
        new MeshwasmError("ENVOY_FAILED", `Envoy ended with ${how}: ${failureReason(details)}`, { details }),
      );
    });
  });
  return {
    name: "envoy",
    listen: recording?.listen ?? running.listen,
    adminUrl: running.adminUrl,
    pid: running.pid,
    failed,
    async update(change) {
      await running.update(change);
      recording?.updated(change);
    },
    async stop() {
      stopped = true;
      await running.stop();
      await recording?.stop();
    },
  };
}

/** What the engine needs of either kind of recording. */
interface Recording {
  readonly clusters: EngineOptions["clusters"];
  readonly amend: (bootstrap: object) => object;
  /** Where Envoy stands when something else takes its place; absent: where it would without. */
  readonly between?: Pick<EngineOptions, "listen" | "upstream">;
  readonly listen?: HostPort;
  started?(at: HostPort): void;
  updated(filter: RecordedFilter): void;
  stop(): Promise<void>;
}

const startRecording = (options: EngineOptions, recorder: ExchangeSink): Promise<Recording> =>
  (options.kind === "network" ? EnvoyTcpRecording : EnvoyRecording).start(options, recorder);
