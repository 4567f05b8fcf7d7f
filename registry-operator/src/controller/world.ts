import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import { filterId, filterLabel, managedBy, managedByLabel, podLabelPrefix, resources } from "../api/names.js";
import type { NodeModules } from "../api/node-modules.js";
import { type KnownContent, knownContent } from "../desired/envoy-filter.js";
import { candidateOf } from "../desired/filter-view.js";
import { type Pod, podFacts } from "../desired/pod.js";
import type { Candidate } from "../desired/precedence.js";
import { type Selection, selectsPod } from "../desired/selection.js";
import { type Workload, workloadFacts } from "../desired/workload.js";
import { Informer, type KubeClient, type KubeObject, wellKnown } from "../kube/index.js";
import { affectedFilters } from "./affected.js";
import { type StoredEnvoyFilter, storedEnvoyFilter } from "./stored-envoy-filter.js";

/** How the copy of the cluster is made. */
export interface WorldOptions {
  client: KubeClient;
  rootNamespace: string;
  /** Called with the key of each FilterDeployment that a change may matter to. */
  onAffected: (key: string) => void;
  onError: (resource: string, error: unknown) => void;
}

/** All that reconciling reads: the operator's copy of the cluster, which follows the API server. */
export class World {
  readonly rootNamespace: string;
  readonly filters: Informer<FilterDeployment>;
  readonly policies: Informer<FilterPolicy>;
  readonly nodes: Informer<NodeModules>;
  readonly pods: Informer<Pod>;
  readonly envoyFilters: Informer<StoredEnvoyFilter>;
  readonly namespaces: Informer<KubeObject>;
  readonly workloads: readonly Informer<Workload>[];

  constructor({ client, rootNamespace, onAffected, onError }: WorldOptions) {
    this.rootNamespace = rootNamespace;
    const tell = affectedFilters(this, onAffected);
    const failed = (resource: { plural: string }) => ({
      onError: (error: unknown) => onError(resource.plural, error),
    });
    this.filters = new Informer<FilterDeployment>(client, resources.filterDeployments, {
      ...failed(resources.filterDeployments),
      keep: withoutManagedFields as (object: KubeObject) => FilterDeployment,
      indexes: {
        namespace: ({ metadata }) => [metadata.namespace ?? ""],
        id: ({ metadata }) => [filterId(metadata.namespace ?? "", metadata.name)],
      },
      onChange: tell.filter,
    });
    this.policies = new Informer<FilterPolicy>(client, resources.filterPolicies, {
      ...failed(resources.filterPolicies),
      keep: withoutManagedFields as (object: KubeObject) => FilterPolicy,
      onChange: tell.policy,
    });
    this.nodes = new Informer<NodeModules>(client, resources.nodeModules, {
      ...failed(resources.nodeModules),
      keep: withoutManagedFields as (object: KubeObject) => NodeModules,
      onChange: tell.node,
    });
    this.pods = new Informer<Pod>(client, wellKnown.pods, {
      ...failed(wellKnown.pods),
      keep: podFacts,
      indexes: {
        namespace: ({ metadata }) => [metadata.namespace ?? ""],
        node: ({ node }) => (node === undefined ? [] : [node]),
        workload: ({ metadata, workload }) =>
          workload === undefined ? [] : [`${metadata.namespace} ${workload}`],
        filter: ({ metadata }) =>
          Object.keys(metadata.labels ?? {})
            .filter((name) => name.startsWith(podLabelPrefix))
            .map((name) => name.slice(podLabelPrefix.length)),
      },
      onChange: tell.pod,
    });
    this.envoyFilters = new Informer<StoredEnvoyFilter>(client, wellKnown.envoyFilters, {
      ...failed(wellKnown.envoyFilters),
      labelSelector: `${managedByLabel}=${managedBy}`,
      keep: storedEnvoyFilter,
      indexes: { filter: ({ metadata }) => [metadata.labels?.[filterLabel] ?? ""] },
      onChange: tell.envoyFilter,
    });
    this.namespaces = new Informer<KubeObject>(client, wellKnown.namespaces, {
      ...failed(wellKnown.namespaces),
      keep: ({ metadata: { name, resourceVersion, labels } }) => ({
        metadata: { name, ...(resourceVersion ? { resourceVersion } : {}), ...(labels ? { labels } : {}) },
      }),
      onChange: tell.namespace,
    });
    this.workloads = [wellKnown.deployments, wellKnown.statefulSets, wellKnown.daemonSets].map(
      (resource) =>
        new Informer<Workload>(client, resource, {
          ...failed(resource),
          keep: (object) => workloadFacts(resource.kind, object),
          indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ""] },
          onChange: tell.workload,
        }),
    );
  }

  /** Resolves when everything was listed once. */
  async start(): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.stop()));
  }

  /** The pods with an Envoy that a FilterDeployment is for, without those that have ended. */
  podsOf(selection: Selection): Pod[] {
    const pods = selection.meshWide ? this.pods.list() : this.pods.by("namespace", selection.namespace);
    return pods.filter((pod) => !pod.gone && selectsPod(selection, pod));
  }

  /** The FilterDeployments that can have a say on a pod of this namespace: its own and the mesh's. */
  filtersOver(namespace: string): FilterDeployment[] {
    const own = this.filters.by("namespace", namespace);
    return namespace === this.rootNamespace
      ? own
      : [...own, ...this.filters.by("namespace", this.rootNamespace)];
  }

  /** Those of them that have something to run. */
  candidatesOver(namespace: string): Candidate[] {
    return this.filtersOver(namespace)
      .map((filter) => candidateOf(filter, this.rootNamespace))
      .filter((candidate) => candidate !== undefined);
  }

  /** The contents that exist of a FilterDeployment. */
  contentsOf(id: string, namespace: string): KnownContent[] {
    return this.envoyFilters
      .by("filter", id)
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map((filter) => knownContent(id, filter))
      .filter((content) => content !== undefined);
  }

  /** Whether a node has a module, whole and checked. */
  nodeHas(node: string | undefined, moduleDigest: string): boolean {
    if (node === undefined) return false;
    return this.nodes.get(node)?.status?.digests?.includes(moduleDigest) ?? false;
  }

  /** Why a node could not store a module, as its agent says; undefined: nothing is known to be in the way. */
  storeFailureOf(node: string, moduleDigest: string): string | undefined {
    const failures = this.nodes.get(node)?.status?.failures ?? [];
    const found = failures.find(({ digest }) => digest === moduleDigest);
    return found && `${found.reason}: ${found.message}`;
  }

  /** The workloads that a selection reaches by namespace. */
  workloadsIn({ namespace, meshWide }: Selection): Workload[] {
    return this.workloads.flatMap((each) => (meshWide ? each.list() : each.by("namespace", namespace)));
  }

  /** By `NAMESPACE/KIND/NAME`; undefined: there is none. */
  workloadAt(place: string): Workload | undefined {
    const [namespace, kind, name] = place.split("/");
    return this.#workloadsOf(kind ?? "")?.get(`${namespace}/${name}`);
  }

  /** Takes over what a write of a workload returned. */
  putWorkload(object: KubeObject, kind: Workload["kind"]): void {
    this.#workloadsOf(kind)?.put(object);
  }

  #workloadsOf(kind: string): Informer<Workload> | undefined {
    const kinds: string[] = [wellKnown.deployments, wellKnown.statefulSets, wellKnown.daemonSets].map(
      (resource) => resource.kind,
    );
    return this.workloads[kinds.indexOf(kind)];
  }

  labelsOfNamespace(name: string): Record<string, string> | undefined {
    return this.namespaces.get(name)?.metadata.labels;
  }

  #all(): readonly Informer<never>[] {
    const all = [this.filters, this.policies, this.nodes, this.pods, this.envoyFilters, this.namespaces];
    return [...all, ...this.workloads] as unknown as readonly Informer<never>[];
  }
}

/** A large part of an object, and nothing that anybody here reads. */
function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject["metadata"] & {
    managedFields?: unknown;
  };
  return { ...object, metadata };
}
