import type { FilterDeployment } from "../api/filter-deployment.js";
import type { Finding } from "../desired/conditions.js";
import { type Delivery, refusalOfImage } from "../desired/delivery.js";
import type { FilterView } from "../desired/filter-view.js";
import type { PodMount } from "../desired/mount.js";
import type { Resolution } from "./resolve.js";

/** What a FilterDeployment's image and the way that it gets into the sidecars come to, together. */
export interface ChosenDelivery {
  /** The resolution; without content where it cannot be delivered, so that what is in force stays. */
  asked: Resolution;
  /** Why it cannot be delivered; undefined: it can. */
  refusal: Finding | undefined;
}

/** Holds what an image was resolved to against the way that it shall take. */
export function chosenDelivery(view: FilterView, delivery: Delivery, found: Resolution): ChosenDelivery {
  const refusal = delivery.refusal ?? refusalOfImage(delivery, found.resolved);
  const asked = refusal ? { ...found, content: undefined, revision: view.status.revision } : found;
  return { asked, refusal };
}

/**
 * What the status says of it: what is in force, for the pods that no step of a rollout has come to. Others, and the webhook,
 * go by it.
 *
 * @param mount of these pods
 */
export function deliveryStatus(
  { status }: Pick<FilterView, "status">,
  delivery: Delivery,
  { asked, refusal }: ChosenDelivery,
  mount: PodMount,
): NonNullable<NonNullable<FilterDeployment["status"]>["delivery"]> {
  const { mode, reason } = delivery;
  if (refusal) return { mode, ...status.delivery, reason: refusal.message };
  if (!asked.content) return { mode, reason, ...status.delivery };
  const image = imageOf(mount);
  const now = image === undefined ? "HostPath" : "ImageVolume";
  if (now !== mode)
    return { mode: now, reason: `${mode} comes with the rollout`, ...(image ? { image } : {}) };
  return { mode, reason, ...(image ? { image } : {}) };
}

function imageOf({ volume }: PodMount): string | undefined {
  return (volume.image as { reference: string } | undefined)?.reference;
}
