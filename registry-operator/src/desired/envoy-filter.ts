import {
  apiVersion,
  contentName,
  filterLabel,
  managedBy,
  managedByLabel,
  noop,
  resources,
} from "../api/names.js";
import type { KubeObject, OwnerReference } from "../kube/object.js";
import type { FilterPhase } from "../modules/filter-metadata.js";

/** The parts of a FilterDeployment that its EnvoyFilters are made from. */
export interface FilterPlan {
  id: string;
  namespace: string;
  name: string;
  uid: string;
  kind: "http" | "network";
  /** Absent: all pods that the namespace reaches. */
  matchLabels: Record<string, string> | undefined;
  direction: "Inbound" | "Outbound" | "Gateway";
  /** Empty: all. */
  ports: readonly number[];
  phase: FilterPhase;
  /** Higher comes first. */
  priority: number;
  /** Pods may serve before the filter's content is there. */
  failOpen: boolean;
}

/** https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
export interface EnvoyFilter extends KubeObject {
  spec: {
    /** Absent: 0. Lower is applied first. */
    priority?: number;
    workloadSelector?: { labels: Record<string, string> };
    configPatches: object[];
  };
}

/** On a content: what module it names, `sha256:…`. */
export const moduleDigestAnnotation = "meshwasm.io/module-digest";
/** On a content: the image that its module's file is in, `HOST/REPOSITORY@sha256:…`; absent: it is in the node's store. */
export const imageAnnotation = "meshwasm.io/image";
/** On a content: how often it was offered. */
export const attemptAnnotation = "meshwasm.io/attempt";
/** On a content: the label value that it is for. */
export const valueLabel = "meshwasm.io/content";

/** Metadata of everything that belongs to one FilterDeployment. */
export function ownedMetadata(
  plan: FilterPlan,
  name: string,
  extra: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): EnvoyFilter["metadata"] {
  return {
    name,
    namespace: plan.namespace,
    labels: { [managedByLabel]: managedBy, [filterLabel]: plan.id, ...extra.labels },
    ...(extra.annotations ? { annotations: extra.annotations } : {}),
    ownerReferences: [ownerReference(plan)],
  };
}

/** Only a fallback: a FilterDeployment that goes without its finalizer must not leave EnvoyFilters behind. */
function ownerReference({ name, uid }: FilterPlan): OwnerReference {
  return { apiVersion, kind: resources.filterDeployments.kind, name, uid, controller: true };
}

/** What an EnvoyFilter of ours holds, read back. */
export interface KnownContent {
  name: string;
  /** The label value that it is for. */
  value: string;
  /** Absent: the content that does nothing. */
  moduleDigest: string | undefined;
  /** Absent: the module is in the node's store. */
  image?: string | undefined;
  attempt: number;
}

/** Reads a content back; undefined: it is the slot, or none of ours. */
export function knownContent(id: string, { metadata }: EnvoyFilter): KnownContent | undefined {
  const value = metadata.labels?.[valueLabel];
  if (value === undefined || metadata.name !== contentName(id, value)) return undefined;
  const moduleDigest = metadata.annotations?.[moduleDigestAnnotation];
  const attempt = Number(metadata.annotations?.[attemptAnnotation] ?? 1);
  if (value !== noop && !/^sha256:[0-9a-f]{64}$/.test(moduleDigest ?? "")) return undefined;
  const image = metadata.annotations?.[imageAnnotation];
  return {
    ...{ name: metadata.name, value, moduleDigest },
    ...(image === undefined ? {} : { image }),
    attempt: Number.isSafeInteger(attempt) ? attempt : 1,
  };
}
