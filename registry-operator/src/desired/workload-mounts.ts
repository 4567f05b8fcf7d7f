import type { Delivery } from "./delivery.js";
import type { KnownContent } from "./envoy-filter.js";
import type { FilterView } from "./filter-view.js";
import { imageMount, type PodMount, storeMount } from "./mount.js";
import type { Rollout } from "./rollout.js";
import { revisionOfWorkload } from "./workload-place.js";

/** What the pods of one workload shall have of a FilterDeployment. */
export interface WorkloadMounts {
  /** What they need to run what they shall run now. */
  main: PodMount;
  /** With {@link main}, all that their template is to bring. */
  all: readonly PodMount[];
}

/** What decides over mounts. */
export interface MountPlan {
  view: Pick<FilterView, "id" | "namespace" | "status">;
  /** Where it is to go. */
  mode: Delivery["mode"];
  /** In force. */
  revision: string | undefined;
  /** Undefined: all pods shall run the revision. */
  rollout: Rollout | undefined;
  contents: readonly KnownContent[];
}

/**
 * What the pods of a workload shall have, so that they can run the revision that a rollout gives to the workload. On the way
 * to the store all get it at once, beside the image that they still run from, since a share of them is to be chosen.
 *
 * @param place `NAMESPACE/KIND/NAME`; undefined: no workload that a step can name
 */
export function workloadMounts(plan: MountPlan, place: string | undefined): WorkloadMounts {
  const { view, mode, revision, rollout } = plan;
  const wanted = revisionOfWorkload(place ?? "", revision, rollout, view.namespace);
  const main = mountOf(plan, wanted);
  if (mode === "ImageVolume") return { main, all: [main] };
  const stable = rollout && mountOf(plan, rollout.stable);
  return { main, all: stable && stable !== storeMount ? [storeMount, stable] : [storeMount] };
}

/**
 * The image of the last good revision, while another one is in force; undefined: there is none, or it comes otherwise. It is
 * no part of pod templates: there it would stay until the next upgrade, when nobody may be able to pull it any more.
 *
 * @param revision in force; undefined: it is not known yet
 */
export function previousImage(
  revision: string | undefined,
  lastGood: string | undefined,
  contents: readonly KnownContent[],
): string | undefined {
  if (revision === undefined || lastGood === revision) return undefined;
  return contents.find(({ value }) => value === lastGood)?.image;
}

/** A content that is not there for the moment leaves what the status says. */
function mountOf({ view, contents }: MountPlan, revision: string | undefined): PodMount {
  const content = contents.find(({ value }) => value === revision);
  const { delivery } = view.status;
  const image = content ? content.image : delivery?.mode === "ImageVolume" ? delivery.image : undefined;
  return image === undefined ? storeMount : imageMount(view.id, image);
}
