import type { FilterDeployment } from "../api/filter-deployment.js";
import { filterId } from "../api/names.js";
import { keyOf } from "../kube/object.js";
import type { DeliveryMode } from "./delivery.js";
import type { FilterPlan } from "./envoy-filter.js";
import { imageMount, imageReference, type PodMount } from "./mount.js";
import type { Candidate } from "./precedence.js";
import type { Content, FailurePolicy } from "./revision.js";
import type { Selection } from "./selection.js";

/** A FilterDeployment with all defaults filled in. */
export interface FilterView extends Selection {
  key: string;
  id: string;
  name: string;
  uid: string;
  generation: number;
  deleting: boolean;
  paused: boolean;
  mayRestart: boolean;
  failurePolicy: FailurePolicy;
  spec: FilterDeployment["spec"];
  status: NonNullable<FilterDeployment["status"]>;
}

/** What the image was resolved to, as the status keeps it. */
export type Resolved = NonNullable<NonNullable<FilterDeployment["status"]>["resolved"]>;

/** @param rootNamespace where a FilterDeployment is for the whole mesh */
export function viewOf(filter: FilterDeployment, rootNamespace: string): FilterView {
  const { metadata, spec, status } = filter;
  const { namespace = "", name } = metadata;
  return {
    key: keyOf(filter),
    id: filterId(namespace, name),
    namespace,
    name,
    uid: metadata.uid ?? "",
    generation: metadata.generation ?? 0,
    deleting: metadata.deletionTimestamp !== undefined,
    paused: spec.paused ?? false,
    mayRestart: (spec.delivery?.restart ?? "Auto") === "Auto",
    failurePolicy: spec.filter.failurePolicy ?? "FailReload",
    meshWide: namespace === rootNamespace,
    matchLabels: spec.workloadSelector?.matchLabels,
    direction: spec.traffic?.direction ?? "Inbound",
    spec,
    status: status ?? {},
  };
}

/** What the slot and the contents are made from. */
export function planOf(view: FilterView, kind: "http" | "network"): FilterPlan {
  const { id, namespace, name, uid, matchLabels, direction, failurePolicy, spec } = view;
  return {
    ...{ id, namespace, name, uid, kind, matchLabels, direction },
    ports: spec.traffic?.ports ?? [],
    phase: spec.order?.phase ?? "UNSPECIFIED",
    priority: spec.order?.priority ?? 0,
    failOpen: failurePolicy === "FailOpen",
  };
}

/** The content that the spec and what its image resolved to make together. */
export function contentOf(view: FilterView, resolved: Resolved, mode: DeliveryMode): Content {
  const { filter } = view.spec;
  return {
    kind: resolved.kind,
    moduleDigest: resolved.moduleDigest,
    rootId: filter.rootId ?? resolved.rootId,
    config: filter.config,
    failurePolicy: view.failurePolicy,
    env: filter.vm?.env ?? {},
    // In whatever order they stand, they are the same.
    allowedCapabilities: filter.vm?.allowedCapabilities?.toSorted(),
    ...(mode === "ImageVolume" ? { image: imageReference(resolved.image, resolved.manifestDigest) } : {}),
  };
}

/** The image that the status says pods get; undefined: none, their modules are in the node's store. */
export function imageMountOf({ id, status: { delivery } }: FilterView): PodMount | undefined {
  return delivery?.mode === "ImageVolume" && delivery.image ? imageMount(id, delivery.image) : undefined;
}

/** The image of the last good revision, which pods get too until another one is known to be good; undefined: none. */
export function previousMountOf({ id, status: { delivery } }: FilterView): PodMount | undefined {
  return delivery?.previous ? imageMount(id, delivery.previous) : undefined;
}

/** How it takes part in precedence; undefined: it has nothing to run, so it displaces nobody. */
export function candidateOf(filter: FilterDeployment, rootNamespace: string): Candidate | undefined {
  const view = viewOf(filter, rootNamespace);
  const { resolved, revision } = view.status;
  if (view.deleting || !resolved || !revision) return undefined;
  return asCandidate(
    view,
    view.spec.filter.rootId ?? resolved.rootId,
    filter.metadata.creationTimestamp ?? "",
  );
}

/** The same, with a root id that the status does not say yet. */
export function asCandidate(view: FilterView, rootId: string, createdAt: string): Candidate {
  const { key, namespace, meshWide, matchLabels, direction } = view;
  return { key, namespace, meshWide, matchLabels, direction, rootId, createdAt };
}
