import type { Pod } from "../desired/pod.js";
import { forEachLimited, isKubeError, type KubeObject, wellKnown } from "../kube/index.js";
import type { Services } from "./services.js";

/** Writes at once, so that an upgrade of a large workload takes seconds and the API server is not flooded. */
const concurrency = 16;

/** A label to write on a pod. */
export interface LabelWrite {
  pod: Pod;
  /** null: to remove. */
  value: string | null;
}

/** Writes one label on pods; the copy of the world has it afterwards. A pod that went meanwhile is fine. */
export async function writeLabels(
  { client, world, observe }: Services,
  label: string,
  writes: readonly LabelWrite[],
): Promise<void> {
  await forEachLimited(writes, concurrency, async ({ pod, value }) => {
    const { namespace, name, uid } = pod.metadata;
    // The uid keeps the label off another pod of the same name, as a StatefulSet makes them.
    const patch = { metadata: { uid, labels: { [label]: value } } };
    try {
      world.pods.put(await client.mergePatch<KubeObject>(wellKnown.pods, { namespace, name }, patch));
      observe.labelled(1);
    } catch (error) {
      if (!isKubeError(error, 404, 409)) throw error;
    }
  });
}
