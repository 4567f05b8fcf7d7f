import { createHash } from "node:crypto";

/** The API group of the custom resources. */
export const group = "meshwasm.io";
/** Their one version. */
export const version = "v1alpha1";
/** `apiVersion` of each of them. */
export const apiVersion = `${group}/${version}`;

/** Who the operator is in `managedFields`. */
export const fieldManager = "meshwasm-operator";
/** Where the operator runs, unless told otherwise. */
export const operatorNamespace = "meshwasm-system";
/** Where mesh-wide resources are, unless told otherwise: Istio's root namespace. */
export const rootNamespace = "istio-system";

/** On a FilterDeployment until everything that it brought to the mesh is taken back. */
export const finalizer = `${group}/cleanup`;
/** The label and its value on everything that the operator creates. */
export const managedByLabel = "app.kubernetes.io/managed-by";
export const managedBy = "meshwasm";
/** On EnvoyFilters: the id of their FilterDeployment. */
export const filterLabel = `${group}/filter`;

/** Where the modules of a node are, on the node and in the sidecar. */
export const storeDir = "/var/local/lib/wasm-filters";
/** The volume that brings them into the sidecar, as a key in the annotations of the pod template. */
export const volumeName = "meshwasm-filters";
/** Where the images of filters are mounted in the sidecar, with the delivery mode ImageVolume. */
export const imagesDir = "/var/local/lib/wasm-images";
/** The module's file in such an image; an image that has it elsewhere cannot be delivered so. */
export const imageFileName = "plugin.wasm";
/** Istio's annotations that add volumes and their mounts to the sidecar. https://istio.io/latest/docs/reference/config/annotations/ */
export const userVolumeAnnotation = "sidecar.istio.io/userVolume";
export const userVolumeMountAnnotation = "sidecar.istio.io/userVolumeMount";
/** The container that is Envoy; a native sidecar is among the init containers. */
export const proxyContainer = "istio-proxy";

/**
 * The annotation on what the operator gave the mount to. On a workload whose pod template it annotated, and so cleans again:
 * `true`. On a pod that got it when it was made: `on-creation`.
 */
export const mountedAnnotation = `${group}/mounted`;
/** Its value on pods. */
export const mountedOnCreation = "on-creation";

/** A label on pods and namespaces; `false`: their pods get no mount when they are made. */
export const mountLabel = `${group}/mount`;

/** A label's value that means: this filter does nothing on this pod. */
export const noop = "noop";
/** The prefix of the labels that choose a filter's content on a pod. */
export const podLabelPrefix = `${group}/f-`;

/** A label on pods that is set and taken away at once, so that istiod looks at the pod again. */
export const nudgeLabel = `${group}/nudge`;

/** What stands for one FilterDeployment in names and labels: 10 hex digits. */
export function filterId(namespace: string, name: string): string {
  return createHash("sha256").update(`${namespace}/${name}`).digest("hex").slice(0, 10);
}

/** The label on pods whose value chooses the content of one filter: `noop` or a revision `r-…`. */
export function podLabel(id: string): string {
  return podLabelPrefix + id;
}

/** The EnvoyFilter that puts the filter into the chain. */
export function slotName(id: string): string {
  return `meshwasm-${id}-slot`;
}

/** The EnvoyFilter that holds the content for one value of the pod label. */
export function contentName(id: string, value: string): string {
  return `meshwasm-${id}-${value}`;
}

/** The name of the filter in Envoy's chain, and of its ECDS resource. */
export function extensionName(namespace: string, name: string): string {
  return `${group}/${namespace}/${name}`;
}

/**
 * The plugin's `config.name` in Envoy. It names the revision beside the module, because a change of the configuration
 * alone must be seen to arrive too; the attempt forces one more push after a rejection.
 */
export function pluginName(id: string, revision: string, moduleDigest: string, attempt: number): string {
  return `meshwasm-${id}.${revision}.${moduleDigest.replace(":", "-")}.${attempt}`;
}

/** The module's file name in a store. @param moduleDigest `sha256:…` */
export function moduleFileName(moduleDigest: string): string {
  return `${moduleDigest.replace(":", "-")}.wasm`;
}

/**
 * The volume that brings an image into the sidecar. It names its FilterDeployment, so that each looks after its own and no
 * other's, whatever images they share.
 *
 * @param imageDigest of the image's manifest, `sha256:…`
 */
export function imageVolumeName(id: string, imageDigest: string): string {
  return `meshwasm-${id}-${imageDigest.slice(imageDigest.indexOf(":") + 1).slice(0, 20)}`;
}

/** The id of the FilterDeployment that a volume's name says; undefined: it is no image of ours. */
export function imageVolumeOwner(name: string): string | undefined {
  return /^meshwasm-([0-9a-f]{10})-[0-9a-f]{20}$/.exec(name)?.[1];
}

/** Where the sidecar sees an image: another image is another path, so that no content finds another module there. */
export function imageMountPath(id: string, imageDigest: string): string {
  return `${imagesDir}/${id}/${imageDigest.replace(":", "-")}`;
}

/** The pod annotation that chooses by hand: `NAMESPACE/NAME` of a FilterDeployment, or `none`. */
export function useAnnotation(rootId: string): string {
  return `${group}/use.${rootId}`;
}

/** The custom resources as the API server serves them. */
export const resources = {
  filterDeployments: {
    group,
    version,
    plural: "filterdeployments",
    kind: "FilterDeployment",
    namespaced: true,
  },
  filterPolicies: { group, version, plural: "filterpolicies", kind: "FilterPolicy", namespaced: false },
  /** Status is a subresource here too: an agent creates the object, then patches `status`. */
  nodeModules: { group, version, plural: "nodemodules", kind: "NodeModules", namespaced: false },
} as const;

/** A FilterDeployment's conditions, in the order in which they come true. */
export const conditionTypes = [
  "Resolved",
  "Verified",
  "Distributed",
  "Mounted",
  "Programmed",
  "Loaded",
  "Ready",
] as const;

/** The type of a condition of a FilterDeployment. */
export type ConditionType = (typeof conditionTypes)[number];
