import type { FilterDeployment } from "../api/filter-deployment.js";
import { viewOf } from "../desired/filter-view.js";
import { selects } from "../desired/selection.js";
import type { Workload } from "../desired/workload.js";
import { workloadPlace } from "../desired/workload-place.js";

/**
 * Says of each workload that a step of the rollout names, and that would bring it no pods, why. Only a warning: a workload
 * may come later, and what its template says is not all that its pods may have.
 *
 * @param workloadAt finds one by `NAMESPACE/KIND/NAME`
 */
export function rolloutWarnings(
  filter: FilterDeployment,
  rootNamespace: string,
  workloadAt: (place: string) => Workload | undefined,
): string[] {
  const view = viewOf(filter, rootNamespace);
  const warnings = (filter.spec.rollout?.steps ?? []).flatMap(({ workloads = [] }, step) =>
    workloads.flatMap((name) => {
      const place = workloadPlace(name, view.namespace);
      const [namespace = "", kind, own] = place.split("/");
      const where = `spec.rollout.steps[${step}].workloads: ${name}`;
      if (!view.meshWide && namespace !== view.namespace) {
        return `${where} is in another namespace; only FilterDeployments in ${rootNamespace} reach those`;
      }
      const workload = workloadAt(place);
      if (!workload) return `${where}: there is no ${kind} '${own}' in namespace ${namespace}`;
      if (selects(view, namespace, workload.templateLabels)) return [];
      return `${where} is not selected: its pods lack labels of spec.workloadSelector`;
    }),
  );
  return [...new Set(warnings)];
}
