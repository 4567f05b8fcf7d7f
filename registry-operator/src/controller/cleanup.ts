import type { FilterDeployment } from "../api/filter-deployment.js";
import { finalizer, noop, podLabel, resources, slotName } from "../api/names.js";
import { noopEnvoyFilter } from "../desired/content.js";
import { type FilterView, planOf } from "../desired/filter-view.js";
import { isKubeError, type WorkResult } from "../kube/index.js";
import { unmountWorkloads } from "./mount-workloads.js";
import type { Services } from "./services.js";
import { ensureEnvoyFilter, removeEnvoyFilter } from "./write-envoy-filter.js";
import { writeLabels } from "./write-labels.js";

/**
 * Between the slot and what fills it, so that Istio pushes the one before the other: a slot without content would hold an
 * Envoy that starts just then.
 */
const afterSlotMillis = 3_000;

/** When the slot of a FilterDeployment that is being deleted was last seen, on this process's clock. */
export class SlotRemovals {
  readonly #gone = new Map<string, number>();

  /** Milliseconds to wait before the content may follow. */
  wait(key: string, removedNow: boolean): number {
    const now = performance.now();
    const at = removedNow ? now : (this.#gone.get(key) ?? now);
    this.#gone.set(key, at);
    return Math.max(0, at + afterSlotMillis - now);
  }

  forget(key: string): void {
    this.#gone.delete(key);
  }
}

/**
 * Takes back all that a FilterDeployment brought, in the order in which nothing breaks: content that does nothing, slot,
 * content, labels, mount; then it may go. Files go when nobody wants them any more. Each call goes as far as it can.
 */
export async function cleanUp(
  filter: FilterDeployment,
  view: FilterView,
  services: Services,
  removals: SlotRemovals,
): Promise<WorkResult> {
  const { world, client, wanted } = services;
  if (!filter.metadata.finalizers?.includes(finalizer)) {
    wanted.set(view.key, undefined);
    return {};
  }
  const label = podLabel(view.id);
  const carriers = world.pods.by("filter", view.id);
  const slot = world.envoyFilters.get(`${view.namespace}/${slotName(view.id)}`);
  if (slot) {
    await ensureNoop(view, services);
    const writes = carriers.filter(({ metadata, gone }) => !gone && metadata.labels?.[label] !== noop);
    await writeLabels(
      services,
      label,
      writes.map((pod) => ({ pod, value: noop })),
    );
    await removeEnvoyFilter(services, view.namespace, slotName(view.id));
  }
  const contents = world.envoyFilters
    .by("filter", view.id)
    .filter((each) => each.metadata.name !== slotName(view.id));
  if (contents.length > 0) {
    const wait = removals.wait(view.key, slot !== undefined);
    if (wait > 0) return { after: wait };
    for (const { metadata } of contents) await removeEnvoyFilter(services, view.namespace, metadata.name);
  }
  await writeLabels(
    services,
    label,
    carriers.filter(({ gone }) => !gone).map((pod) => ({ pod, value: null })),
  );
  await unmountWorkloads(view, services);
  wanted.set(view.key, undefined);
  const finalizers = filter.metadata.finalizers.filter((each) => each !== finalizer);
  const { resourceVersion, namespace, name } = filter.metadata;
  try {
    await client.mergePatch(
      resources.filterDeployments,
      { namespace, name },
      { metadata: { resourceVersion, finalizers } },
    );
  } catch (error) {
    if (!isKubeError(error, 404)) throw error;
  }
  removals.forget(view.key);
  return {};
}

/** In a namespace that is being deleted nothing can be made any more, and nothing must hold it up. */
async function ensureNoop(view: FilterView, services: Services): Promise<void> {
  try {
    await ensureEnvoyFilter(services, noopEnvoyFilter(planOf(view, view.status.resolved?.kind ?? "http")));
  } catch (error) {
    if (!isKubeError(error, 403, 404)) throw error;
  }
}
