import { type Delivery, deliveryOf } from "../desired/delivery.js";
import type { FilterView } from "../desired/filter-view.js";
import { forbidsHostPath, podSecurityLevel } from "../desired/workload.js";
import type { Services } from "./services.js";

/** How a FilterDeployment's modules get into the sidecars, by what is known of the cluster now. */
export function deliveryFor(
  view: FilterView,
  { world, kubernetes }: Pick<Services, "world" | "kubernetes">,
): Delivery {
  const labels = world.labelsOfNamespace(view.namespace);
  const forbiddenBy = forbidsHostPath(labels) ? podSecurityLevel(labels) : undefined;
  return deliveryOf(view, { forbiddenBy, kubernetes: kubernetes() });
}
