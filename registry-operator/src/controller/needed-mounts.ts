import { imageVolumeOwner, volumeName } from "../api/names.js";
import { type FilterView, viewOf } from "../desired/filter-view.js";
import { selects } from "../desired/selection.js";
import type { Workload } from "../desired/workload.js";
import { deliveryFor } from "./delivery-for.js";
import type { Services } from "./services.js";

/**
 * Which volumes of ours a workload's template needs no more, by name: the store when no FilterDeployment reads it there, and
 * images of those that are gone or select it no more. What becomes of its own images each FilterDeployment says itself.
 *
 * @param except one whose reading of the store does not count, since it is about to have an image
 */
export function unneededVolumes(
  workload: Workload,
  services: Services,
  except?: FilterView,
): (name: string) => boolean {
  const readers = readersOf(workload, services);
  const ids = new Set(readers.map(({ id }) => id));
  const isStoreRead = readers.some((view) => view.id !== except?.id && readsStore(view, services));
  return (name) => {
    if (name === volumeName) return !isStoreRead;
    const owner = imageVolumeOwner(name);
    return owner !== undefined && !ids.has(owner);
  };
}

function readersOf({ metadata, templateLabels }: Workload, { world }: Services): FilterView[] {
  const { namespace = "" } = metadata;
  return world
    .filtersOver(namespace)
    .map((filter) => viewOf(filter, world.rootNamespace))
    .filter(
      (view) => !view.deleting && view.direction !== "Gateway" && selects(view, namespace, templateLabels),
    );
}

/** Its pods do as long as its status says so, or will: it may be about to be given the store. */
function readsStore(view: FilterView, services: Services): boolean {
  return view.status.delivery?.mode === "HostPath" || deliveryFor(view, services).mode === "HostPath";
}
