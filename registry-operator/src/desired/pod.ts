import {
  fieldManager,
  imagesDir,
  mountedAnnotation,
  mountedOnCreation,
  podLabelPrefix,
  proxyContainer,
  storeDir,
} from "../api/names.js";
import type { KubeObject, Metadata } from "../kube/object.js";
import type { PodMount } from "./mount.js";

/** What the operator keeps of a pod; a cluster has many. */
export interface Pod extends KubeObject {
  /** Absent: not scheduled yet. */
  node: string | undefined;
  ip: string | undefined;
  /** It ended, or is being deleted: nothing is to be done for it. */
  gone: boolean;
  /** What Envoy it has; undefined: none. EnvoyFilters do not reach a waypoint by its labels. */
  proxy: "sidecar" | "gateway" | "waypoint" | undefined;
  /** Its Envoy sees the node's store. */
  mounted: boolean;
  /** Where its Envoy sees images of filters, each with the digest that its path says; see `imageMountPath`. */
  images: readonly string[];
  /** What mounts it has came when the pod was made, not with the template. */
  mountedOnCreation: boolean;
  /** Its Envoy has something else there, so that the store cannot be mounted. */
  storeDirTaken: boolean;
  /** Of its Envoy's container: it runs and passed its probe, it runs, or neither. */
  proxyState: "ready" | "starting" | "down";
  /** Its node cannot pull an image that its Envoy's container needs, and tries again. */
  pullFails: boolean;
  /** The operator's last word to it came when its Envoy's container ran already, by clocks that may differ. */
  toldLate: boolean;
  /** How often its Envoy's container was started again. */
  restarts: number;
  /** Somebody makes another one when it is deleted. */
  controlled: boolean;
  /** `Kind/name` of the workload whose template it comes from; undefined: none that can be annotated. */
  workload: string | undefined;
}

/** A container of a pod; only what is read of it. */
export interface Container {
  name: string;
  args?: string[];
  volumeMounts?: { name: string; mountPath: string; subPath?: string; subPathExpr?: string }[];
  volumeDevices?: { devicePath: string }[];
}

interface ContainerStatus {
  name: string;
  restartCount: number;
  ready?: boolean;
  state?: { running?: { startedAt?: string }; waiting?: { reason?: string } };
}

/** A pod as the API server has it; only what is read of it. */
export interface RawPod extends KubeObject {
  spec?: {
    nodeName?: string;
    containers?: Container[];
    initContainers?: Container[];
    volumes?: { name: string; hostPath?: { path: string }; image?: { reference?: string } }[];
  };
  status?: {
    phase?: string;
    podIP?: string;
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

/** The facts of a pod as the API server gives it. */
export function podFacts(object: KubeObject): Pod {
  const { metadata, spec, status } = object as RawPod;
  // A native sidecar is among the init containers.
  const proxy = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(
    ({ name }) => name === proxyContainer,
  );
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const proxyStatus = statuses.find(({ name }) => name === proxyContainer);
  const stores = new Set(
    (spec?.volumes ?? []).filter(({ hostPath }) => hostPath?.path === storeDir).map(({ name }) => name),
  );
  const mounted = (proxy?.volumeMounts ?? []).some(
    ({ name, mountPath }) => mountPath === storeDir && stores.has(name),
  );
  const images = proxy ? imagesOf(proxy, spec?.volumes) : noImages;
  return {
    metadata: keptMetadata(metadata),
    node: spec?.nodeName,
    ip: status?.podIP,
    gone:
      metadata.deletionTimestamp !== undefined || status?.phase === "Succeeded" || status?.phase === "Failed",
    proxy: proxy && proxyKind(proxy),
    mounted,
    images,
    mountedOnCreation:
      (mounted || images.length > 0) && metadata.annotations?.[mountedAnnotation] === mountedOnCreation,
    storeDirTaken: !mounted && proxy !== undefined && isPathTaken(proxy, storeDir),
    proxyState: !proxyStatus?.state?.running ? "down" : proxyStatus.ready ? "ready" : "starting",
    pullFails: pullFailures.has(proxyStatus?.state?.waiting?.reason ?? ""),
    toldLate: isToldLate(metadata, proxyStatus),
    restarts: proxyStatus?.restartCount ?? 0,
    controlled: (metadata.ownerReferences ?? []).some(({ controller }) => controller),
    workload: workloadOf(metadata),
  };
}

/** A cluster has many pods. */
const noImages: readonly string[] = [];

/** What kubelets say. https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/kubelet/images/types.go */
const pullFailures = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "RegistryUnavailable"]);

/** Only what is what its path says: whole, and with that digest. */
function imagesOf({ volumeMounts = [] }: Container, volumes: NonNullable<RawPod["spec"]>["volumes"]) {
  const paths = volumeMounts
    .filter(({ name, mountPath, subPath, subPathExpr }) => {
      if (!mountPath.startsWith(`${imagesDir}/`) || subPath || subPathExpr) return false;
      const reference = volumes?.find((volume) => volume.name === name)?.image?.reference;
      const digest = mountPath.slice(mountPath.lastIndexOf("/") + 1).replace("-", ":");
      return reference?.endsWith(`@${digest}`) ?? false;
    })
    .map(({ mountPath }) => mountPath);
  return paths.length > 0 ? paths : noImages;
}

/** As its arguments say to pilot-agent. */
function proxyKind({ args = [] }: Container): "sidecar" | "gateway" | "waypoint" {
  if (args.includes("waypoint")) return "waypoint";
  return args.includes("router") ? "gateway" : "sidecar";
}

/** Whether a container has something at a path, above it or below it. */
export function isPathTaken({ volumeMounts = [], volumeDevices = [] }: Container, wanted: string): boolean {
  const paths = [
    ...volumeMounts.map(({ mountPath }) => mountPath),
    ...volumeDevices.map(({ devicePath }) => devicePath),
  ];
  return paths.map(folder).some((path) => path.startsWith(folder(wanted)) || folder(wanted).startsWith(path));
}

function folder(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** Both times are whole seconds. */
function isToldLate({ managedFields }: Metadata, proxy: ContainerStatus | undefined): boolean {
  const told = managedFields?.filter(({ manager }) => manager === fieldManager).map(({ time }) => time ?? "");
  const started = proxy?.state?.running?.startedAt;
  return started !== undefined && (told ?? []).some((time) => Date.parse(time) >= Date.parse(started));
}

/** Whether a pod's Envoy sees the node's store, or an image. */
export function hasMount({ mounted, images }: Pick<Pod, "mounted" | "images">, { path }: PodMount): boolean {
  return path === storeDir ? mounted : images.includes(path);
}

/** The labels of ours that a pod carries. */
export function ownLabels({ metadata }: Pod): string[] {
  return Object.keys(metadata.labels ?? {}).filter((name) => name.startsWith(podLabelPrefix));
}

function keptMetadata({
  name,
  namespace,
  uid,
  resourceVersion,
  creationTimestamp,
  labels,
  annotations,
}: Metadata): Metadata {
  const own = Object.entries(annotations ?? {}).filter(([key]) => key.startsWith("meshwasm.io/"));
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(labels === undefined ? {} : { labels }),
    ...(own.length > 0 ? { annotations: Object.fromEntries(own) } : {}),
  };
}

/**
 * A Deployment's pods belong to a ReplicaSet that is named by the Deployment and the hash of its template. Other projects
 * have a StatefulSet and a DaemonSet too.
 */
function workloadOf({ ownerReferences, labels }: Metadata): string | undefined {
  const owner = ownerReferences?.find(({ controller }) => controller);
  if (!owner?.apiVersion?.startsWith("apps/")) return undefined;
  if (owner.kind === "StatefulSet" || owner.kind === "DaemonSet") return `${owner.kind}/${owner.name}`;
  if (owner.kind !== "ReplicaSet") return undefined;
  const suffix = `-${labels?.["pod-template-hash"]}`;
  return owner.name.endsWith(suffix) ? `Deployment/${owner.name.slice(0, -suffix.length)}` : undefined;
}
