import { failureReason } from "../envoy/failure-reason.js";
import type { EnvoyBinary } from "../envoy/find.js";
import { type RunningEnvoy, startEnvoy } from "../envoy/process.js";
import { MeshwasmError } from "../errors.js";
import type { Engine, EngineOptions } from "./engine.js";
import { EnvoyRecording } from "./envoy-recording.js";

/**
 * Runs the filter in a real Envoy.
 *
 * @throws MeshwasmError as `startEnvoy` does
 */
export async function startEnvoyEngine(options: EngineOptions, envoy: EnvoyBinary): Promise<Engine> {
  const recording = options.recorder && (await EnvoyRecording.start(options, options.recorder));
  let running: RunningEnvoy;
  try {
    const { clusters = options.clusters, amend } = recording ?? {};
    running = await startEnvoy({ ...options, envoy, clusters, ...(amend && { amend }) });
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
    listen: running.listen,
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
