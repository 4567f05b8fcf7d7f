import type { EnvoyFilter } from "../desired/envoy-filter.js";
import { isKubeError, type KubeClient, keyOf, wellKnown } from "../kube/index.js";
import { says, storedEnvoyFilter } from "./stored-envoy-filter.js";
import type { World } from "./world.js";

/** Makes an EnvoyFilter be as desired; writes nothing when it is so. @returns whether it was written */
export async function ensureEnvoyFilter(
  { client, world }: { client: KubeClient; world: World },
  desired: EnvoyFilter,
): Promise<boolean> {
  const known = world.envoyFilters.get(keyOf(desired));
  if (known && says(known, desired)) return false;
  let written = await client.apply<EnvoyFilter>(wellKnown.envoyFilters, desired);
  if (!says(storedEnvoyFilter(written), desired)) {
    // Somebody else's fields stand between ours: a label more in the selector, for example.
    const { resourceVersion, uid } = written.metadata;
    const metadata = {
      ...desired.metadata,
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(uid ? { uid } : {}),
    };
    try {
      written = await client.update<EnvoyFilter>(wellKnown.envoyFilters, { ...desired, metadata });
    } catch (error) {
      if (!isKubeError(error, 404, 409)) throw error;
    }
  }
  world.envoyFilters.put(written);
  return true;
}

/** Deletes an EnvoyFilter of ours; one that is not known is not asked for. */
export async function removeEnvoyFilter(
  { client, world }: { client: KubeClient; world: World },
  namespace: string,
  name: string,
): Promise<boolean> {
  const known = world.envoyFilters.get(`${namespace}/${name}`);
  if (!known) return false;
  await client.delete(wellKnown.envoyFilters, { namespace, name }, { uid: known.metadata.uid });
  return true;
}
