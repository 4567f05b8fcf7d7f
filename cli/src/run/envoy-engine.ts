import { failureReason } from "../envoy/failure-reason.js";
import type { EnvoyBinary } from "../envoy/find.js";
import { startEnvoy } from "../envoy/process.js";
import { MeshwasmError } from "../errors.js";
import type { Engine, EngineOptions } from "./engine.js";

/**
 * Runs the filter in a real Envoy.
 *
 * @throws MeshwasmError as `startEnvoy` does
 */
export async function startEnvoyEngine(options: EngineOptions, envoy: EnvoyBinary): Promise<Engine> {
  const running = await startEnvoy({ ...options, envoy });
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
    update: (change) => running.update(change),
    stop() {
      stopped = true;
      return running.stop();
    },
  };
}
