import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import type { Cluster } from "./cluster.js";
import { type FilterDeployment, filterDeployments } from "./resources.js";

/** The Ready condition, if it is about what is asked for now. */
export function readyCondition({ metadata, status }: FilterDeployment) {
  const found = status?.conditions?.find(({ type }) => type === "Ready");
  const isNow = status?.observedGeneration === metadata.generation;
  return isNow ? found : undefined;
}

/** What no waiting changes: somebody goes first, or the revision was tried and taken back. */
const finalReasons = new Set(["Superseded", "RolledBack"]);

/**
 * Waits until the FilterDeployment is ready; not any longer once the operator says that it will not be by itself.
 *
 * @throws MeshwasmError NOT_READY with the operator's reason; those of the cluster
 */
export async function waitUntilReady(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  seconds: number,
): Promise<FilterDeployment> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await cluster.send<FilterDeployment>({
      method: "GET",
      path: filterDeployments(namespace, name),
    });
    const ready = readyCondition(found);
    if (ready?.status === "True") return found;
    const isFinal = ready !== undefined && finalReasons.has(ready.reason);
    if (isFinal || performance.now() >= end) {
      const why = ready ? `${ready.reason}: ${ready.message}` : "the operator has not looked at it";
      const waited = isFinal ? "" : ` after ${seconds} s`;
      throw new MeshwasmError("NOT_READY", `${namespace}/${name} is not ready${waited}: ${why}`, {
        hint: `see: meshwasm status ${name} -n ${namespace}`,
      });
    }
    await sleep(500);
  }
}

/** Waits until the FilterDeployment and all that it brought is gone. @throws MeshwasmError NOT_READY */
export async function waitUntilGone(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  seconds: number,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (await cluster.find(filterDeployments(namespace, name))) {
    if (performance.now() >= end) {
      throw new MeshwasmError(
        "NOT_READY",
        `${namespace}/${name} is still being taken back after ${seconds} s`,
        {
          hint: "the operator takes it out of the mesh first; check that it runs",
        },
      );
    }
    await sleep(500);
  }
}
