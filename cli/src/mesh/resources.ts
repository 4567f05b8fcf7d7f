import { createHash } from "node:crypto";

/** `apiVersion` of the custom resources. */
export const apiVersion = "meshwasm.io/v1alpha1";
/** Who the CLI is in `managedFields`. */
export const fieldManager = "meshwasm-cli";

/** A FilterDeployment, as far as the CLI writes or reads it. */
export interface FilterDeployment {
  apiVersion: typeof apiVersion;
  kind: "FilterDeployment";
  metadata: { name: string; namespace: string; generation?: number; deletionTimestamp?: string };
  spec: FilterSpec;
  status?: FilterStatus;
}

/** What is asked for. */
export interface FilterSpec {
  filter: {
    image: string;
    imagePullPolicy?: string;
    imagePullSecrets?: { name: string }[];
    config?: unknown;
    rootId?: string;
    failurePolicy?: string;
    [field: string]: unknown;
  };
  workloadSelector?: { matchLabels: Record<string, string> };
  traffic?: { direction?: string; ports?: number[] };
  order?: { phase?: string; priority?: number };
  delivery?: { mode?: string; restart?: string };
  [field: string]: unknown;
}

/** What the operator says of it. */
export interface FilterStatus {
  observedGeneration?: number;
  resolvedDigest?: string;
  moduleDigest?: string;
  revision?: string;
  /** How the module gets into the sidecars, and why so. */
  delivery?: { mode?: string; reason?: string; image?: string };
  /** Absent: all pods shall run the same. */
  rollout?: {
    revision: string;
    stable: string;
    phase: string;
    step: number;
    steps: number;
    /** Absent: the step is by workload. */
    share?: string;
    workloads?: string[];
    /** Shares and workloads of the steps before. */
    earlier?: string[];
    message?: string;
  };
  workloads?: { matched?: number; ready?: number };
  waiting?: { pod: string; reason: string; message?: string; wanted?: string; loaded?: string }[];
  conditions?: {
    type: string;
    status: string;
    reason: string;
    message: string;
    observedGeneration?: number;
  }[];
}

/** The path of FilterDeployments. @param namespace absent: of all namespaces; @param name absent: the collection */
export function filterDeployments(namespace?: string, name?: string): string {
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `/apis/${apiVersion}${scope}/filterdeployments${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** The path of a FilterPolicy. */
export function filterPolicies(name: string): string {
  return `/apis/${apiVersion}/filterpolicies/${encodeURIComponent(name)}`;
}

/** The path of pods. @param namespace absent: of all namespaces */
export function pods(namespace?: string): string {
  return namespace === undefined
    ? "/api/v1/pods"
    : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

/** The label on pods whose value is the revision of a filter that the pod shall run. The operator computes it alike. */
export function podLabel(namespace: string, name: string): string {
  const id = createHash("sha256").update(`${namespace}/${name}`).digest("hex").slice(0, 10);
  return `meshwasm.io/f-${id}`;
}
