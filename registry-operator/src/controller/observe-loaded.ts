import { noop } from "../api/names.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import { forEachLimited } from "../kube/index.js";
import type { LoadedState } from "../loaded/index.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";

/** What was seen on the pods that were told what they shall run in the end. */
export type Observed = ReadonlyMap<PodPlan, LoadedState>;

/** How many Envoys one FilterDeployment asks at once. The reader of stats has a limit of its own, over all of them. */
export const envoysAtOnce = 64;

/**
 * Asks the Envoys that were told; what was seen lately is not asked for again.
 *
 * @param said the revision that the status says all run; undefined: it does not say that of any
 */
export async function observeLoaded(
  id: string,
  plans: readonly PodPlan[],
  contents: readonly KnownContent[],
  said: string | undefined,
  { loaded }: Services,
): Promise<Observed> {
  const attempts = new Map(contents.map(({ value, attempt }) => [value, attempt]));
  const told = plans.filter(({ label, wanted }) => label !== undefined && label === wanted);
  const seen = new Map<PodPlan, LoadedState>();
  await forEachLimited(told, envoysAtOnce, async (plan) => {
    const value = plan.label ?? noop;
    const content = { id, value, attempt: attempts.get(value) ?? 1 };
    const wasSaid = said !== undefined && (value === said || value === noop);
    seen.set(plan, await loaded.look(plan.pod, { ...content, said: wasSaid }));
  });
  loaded.keepOnly(id, new Set(told.map(({ pod }) => pod.metadata.uid ?? pod.metadata.name)));
  return seen;
}
