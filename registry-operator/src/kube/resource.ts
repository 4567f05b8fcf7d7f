/** A resource as the API server serves it. */
export interface Resource {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower case, as in the path. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Which object or collection a path leads to. */
export interface ResourceTarget {
  /** Absent: all namespaces, or a cluster-scoped resource. */
  namespace?: string | undefined;
  /** Absent: the collection. */
  name?: string | undefined;
  subresource?: "status" | undefined;
}

/** The `apiVersion` of a resource's objects. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The path of a resource. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function resourcePath(resource: Resource, { namespace, name, subresource }: ResourceTarget): string {
  const segments = [resource.group === "" ? "api" : "apis", apiVersionOf(resource)];
  if (resource.namespaced && namespace !== undefined)
    segments.push("namespaces", encodeURIComponent(namespace));
  segments.push(resource.plural);
  if (name !== undefined) segments.push(encodeURIComponent(name));
  if (subresource !== undefined) segments.push(subresource);
  return `/${segments.join("/")}`;
}

const core = { group: "", version: "v1" } as const;
const apps = { group: "apps", version: "v1" } as const;

/** Resources of Kubernetes and Istio that the operator works with. */
export const wellKnown = {
  pods: { ...core, plural: "pods", kind: "Pod", namespaced: true },
  namespaces: { ...core, plural: "namespaces", kind: "Namespace", namespaced: false },
  secrets: { ...core, plural: "secrets", kind: "Secret", namespaced: true },
  configMaps: { ...core, plural: "configmaps", kind: "ConfigMap", namespaced: true },
  events: { ...core, plural: "events", kind: "Event", namespaced: true },
  deployments: { ...apps, plural: "deployments", kind: "Deployment", namespaced: true },
  statefulSets: { ...apps, plural: "statefulsets", kind: "StatefulSet", namespaced: true },
  daemonSets: { ...apps, plural: "daemonsets", kind: "DaemonSet", namespaced: true },
  leases: { group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease", namespaced: true },
  tokenReviews: {
    group: "authentication.k8s.io",
    version: "v1",
    plural: "tokenreviews",
    kind: "TokenReview",
    namespaced: false,
  },
  envoyFilters: {
    group: "networking.istio.io",
    version: "v1alpha3",
    plural: "envoyfilters",
    kind: "EnvoyFilter",
    namespaced: true,
  },
} as const satisfies Record<string, Resource>;
