import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import { filterLabel, podLabelPrefix } from "../api/names.js";
import type { NodeModules } from "../api/node-modules.js";
import { canonicalJson } from "../desired/canonical-json.js";
import { viewOf } from "../desired/filter-view.js";
import type { Pod } from "../desired/pod.js";
import { selects } from "../desired/selection.js";
import type { Workload } from "../desired/workload.js";
import { type Change, type KubeObject, keyOf } from "../kube/index.js";
import type { StoredEnvoyFilter } from "./stored-envoy-filter.js";
import type { World } from "./world.js";

/** For each kind of change, which FilterDeployments it may matter to. Changes that matter to none cost nothing. */
export function affectedFilters(world: World, tell: (key: string) => void) {
  const tellOver = (namespace: string | undefined, labels: Record<string, string> | undefined) => {
    for (const filter of world.filtersOver(namespace ?? "")) {
      if (selects(viewOf(filter, world.rootNamespace), namespace, labels)) tell(keyOf(filter));
    }
  };
  const tellId = (id: string | undefined) => {
    for (const filter of id === undefined ? [] : world.filters.by("id", id)) tell(keyOf(filter));
  };
  return {
    filter: ({ object, old }: Change<FilterDeployment>) => {
      const any = (object ?? old)!;
      if (!object || !old || asked(object) !== asked(old)) tell(keyOf(any));
      if (object && old && standing(object) === standing(old)) return;
      // Precedence: whoever shares pods with it may win or lose them now.
      const { namespace = "" } = any.metadata;
      const rivals = namespace === world.rootNamespace ? world.filters.list() : world.filtersOver(namespace);
      for (const rival of rivals) tell(keyOf(rival));
    },
    policy: (_: Change<FilterPolicy>) => {
      for (const filter of world.filters.list()) tell(keyOf(filter));
    },
    node: ({ object, old }: Change<NodeModules>) => {
      if (canonicalJson(object?.status) === canonicalJson(old?.status)) return;
      for (const pod of world.pods.by("node", (object ?? old)!.metadata.name)) {
        if (pod.proxy) tellOver(pod.metadata.namespace, pod.metadata.labels);
      }
    },
    pod: ({ object, old }: Change<Pod>) => {
      if (!object?.proxy && !old?.proxy) return;
      if (object && old && facts(object) === facts(old)) return;
      for (const pod of [object, old]) {
        if (!pod) continue;
        tellOver(pod.metadata.namespace, pod.metadata.labels);
        for (const label of Object.keys(pod.metadata.labels ?? {})) {
          if (label.startsWith(podLabelPrefix)) tellId(label.slice(podLabelPrefix.length));
        }
      }
    },
    envoyFilter: ({ object, old }: Change<StoredEnvoyFilter>) =>
      tellId((object ?? old)!.metadata.labels?.[filterLabel]),
    /** Pod Security levels, injection, who says no to mounts. */
    namespace: ({ object, old }: Change<KubeObject>) => {
      if (canonicalJson(object?.metadata.labels) === canonicalJson(old?.metadata.labels)) return;
      for (const filter of world.filtersOver((object ?? old)!.metadata.name)) tell(keyOf(filter));
    },
    workload: ({ object, old }: Change<Workload>) => {
      if (object && old && template(object) === template(old)) return;
      for (const workload of [object, old]) {
        if (workload) tellOver(workload.metadata.namespace, workload.templateLabels);
      }
    },
  };
}

/** What a person says; the status is what the operator answers. */
function asked({ metadata }: FilterDeployment): string {
  const { uid, generation, deletionTimestamp, finalizers } = metadata;
  return canonicalJson([uid, generation, deletionTimestamp, finalizers]);
}

/** What precedence goes by. */
function standing({ metadata, spec, status }: FilterDeployment): string {
  const { rootId } = spec.filter;
  const { workloadSelector, traffic } = spec;
  const { deletionTimestamp } = metadata;
  return canonicalJson([
    rootId,
    workloadSelector,
    traffic,
    deletionTimestamp,
    status?.revision !== undefined,
    status?.resolved?.rootId,
  ]);
}

function facts({ metadata, ...pod }: Pod): string {
  return canonicalJson([metadata.uid, metadata.labels, metadata.annotations, pod]);
}

function template({ templateLabels, templateAnnotations }: Workload): string {
  return canonicalJson([templateLabels, templateAnnotations]);
}
