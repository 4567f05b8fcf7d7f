import { podLabel } from "../api/names.js";
import { noopEnvoyFilter, revisionEnvoyFilter } from "../desired/content.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import { type FilterView, planOf } from "../desired/filter-view.js";
import { unneededContents } from "../desired/garbage.js";
import type { Resolution } from "./resolve.js";
import type { Services } from "./services.js";
import { ensureEnvoyFilter, removeEnvoyFilter } from "./write-envoy-filter.js";

type Offered = Pick<Resolution, "resolved" | "content" | "revision">;

/** The contents: what does nothing, and the revision. They name a file only to pods that carry their label. */
export async function offerContents(view: FilterView, offered: Offered, services: Services): Promise<void> {
  const { resolved } = offered;
  if (!resolved) return;
  await ensureEnvoyFilter(services, noopEnvoyFilter(planOf(view, resolved.kind)));
  await offerRevision(view, offered, attemptOf(view, offered, services), services);
}

/** The revision with another attempt's number: what Envoy rejected it tries again only when its bytes are others. */
export async function offerOnceMore(view: FilterView, offered: Offered, services: Services): Promise<void> {
  const attempt = attemptOf(view, offered, services) + 1;
  const { revision } = offered;
  services.log.warn(
    { filter: view.key, revision, attempt },
    "not loaded by all Envoys: offering it once more",
  );
  await offerRevision(view, offered, attempt, services);
}

/** Removes contents that no pod carries and nothing goes back to. @param inForce revisions that stay */
export async function removeUnneeded(
  view: FilterView,
  contents: readonly KnownContent[],
  inForce: readonly (string | undefined)[],
  services: Services,
): Promise<void> {
  const carriers = services.world.pods
    .by("filter", view.id)
    .map(({ metadata }) => metadata.labels?.[podLabel(view.id)]);
  const unneeded = unneededContents(contents, defined(carriers), defined(inForce));
  for (const { name } of unneeded) await removeEnvoyFilter(services, view.namespace, name);
}

async function offerRevision(
  view: FilterView,
  { resolved, content, revision }: Offered,
  attempt: number,
  services: Services,
): Promise<void> {
  if (!resolved || !content || !revision) return;
  await ensureEnvoyFilter(services, revisionEnvoyFilter(planOf(view, resolved.kind), content, attempt));
}

function attemptOf(view: FilterView, { revision }: Offered, { world }: Services): number {
  const contents = world.contentsOf(view.id, view.namespace);
  return contents.find(({ value }) => value === revision)?.attempt ?? 1;
}

function defined(values: readonly (string | undefined)[]): Set<string> {
  return new Set(values.filter((value) => value !== undefined));
}
