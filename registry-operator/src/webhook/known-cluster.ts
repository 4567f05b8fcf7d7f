import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import { resources } from "../api/names.js";
import { Informer, type KubeClient, type KubeObject } from "../kube/index.js";

/** What verdicts look at beside the write itself. */
export interface Known {
  /** False: it is not listed yet, so nothing can be said. */
  readonly complete: boolean;
  policies(): FilterPolicy[];
  /** Of all namespaces. */
  filters(): FilterDeployment[];
}

/** Follows the cluster, so that a verdict waits for nobody. */
export class KnownCluster implements Known {
  readonly #policies: Informer<FilterPolicy>;
  readonly #filters: Informer<FilterDeployment>;
  complete = false;

  /** @param onError told of what cannot be followed; it goes on by itself */
  constructor(client: KubeClient, onError: (error: unknown) => void) {
    this.#policies = new Informer(client, resources.filterPolicies, { onError });
    this.#filters = new Informer(client, resources.filterDeployments, { onError, keep: keptFilter });
  }

  /** Resolves when all is listed, or when it was stopped before. */
  async start(): Promise<void> {
    await Promise.all([this.#policies.start(), this.#filters.start()]);
    this.complete = true;
  }

  async stop(): Promise<void> {
    this.complete = false;
    await Promise.all([this.#policies.stop(), this.#filters.stop()]);
  }

  policies(): FilterPolicy[] {
    return this.#policies.list();
  }

  filters(): FilterDeployment[] {
    return this.#filters.list();
  }
}

/** Only what precedence and a look into the store need. */
function keptFilter(object: KubeObject): FilterDeployment {
  const { metadata, spec, status } = object as FilterDeployment;
  const { name, namespace, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const { filter, workloadSelector, traffic } = spec;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: {
      filter: { image: filter.image, ...(filter.rootId === undefined ? {} : { rootId: filter.rootId }) },
      ...(workloadSelector === undefined ? {} : { workloadSelector }),
      ...(traffic?.direction === undefined ? {} : { traffic: { direction: traffic.direction } }),
    },
    ...(status?.resolved === undefined ? {} : { status: { resolved: status.resolved } }),
  };
}
