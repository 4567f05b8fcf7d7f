import {
  mountedAnnotation,
  mountedOnCreation,
  proxyContainer,
  userVolumeAnnotation,
  userVolumeMountAnnotation,
} from "../api/names.js";
import { changeMounts, type PodMount } from "./mount.js";
import { hasMount, isPathTaken, podFacts, type RawPod } from "./pod.js";
import { wouldBeInjected } from "./workload.js";

/** An operation of a JSON Patch. https://www.rfc-editor.org/rfc/rfc6902 */
export interface PatchOperation {
  op: "add";
  /** A JSON pointer. */
  path: string;
  value: unknown;
}

/** Istio writes it when it injects. https://istio.io/latest/docs/reference/config/annotations/#SidecarStatus */
const injectedAnnotation = "sidecar.istio.io/status";

/**
 * What a pod that is just being made lacks of these mounts; nothing when it has them, and nothing that would make the API
 * server or the kubelet refuse the pod. Istio's injection may come before or after. Where the sidecar is there, it gets
 * volumes and mounts; where it is still to come, the pod gets the annotations that have Istio add them.
 *
 * @param namespaceLabels of its namespace
 */
export function mountPatch(
  pod: RawPod,
  namespaceLabels: Record<string, string> | undefined,
  mounts: readonly PodMount[],
): PatchOperation[] {
  const facts = podFacts(pod);
  const lacking = mounts.filter((mount) => !hasMount(facts, mount));
  if (lacking.length === 0) return [];
  for (const place of ["containers", "initContainers"] as const) {
    const index = (pod.spec?.[place] ?? []).findIndex(({ name }) => name === proxyContainer);
    if (index >= 0) return bringsItself(pod, lacking) ? [] : direct(pod, place, index, lacking);
  }
  const { labels: templateLabels = {}, annotations: templateAnnotations = {} } = pod.metadata;
  if (!wouldBeInjected(namespaceLabels, { templateLabels, templateAnnotations })) return [];
  const names = new Set((pod.spec?.volumes ?? []).map(({ name }) => name));
  const free = lacking.filter(({ name }) => !names.has(name));
  const result = changeMounts(templateAnnotations, free);
  // With neither, it is asked about again when the sidecar is there.
  if ("invalid" in result || !result.change) return [];
  return annotationsPatch(pod, { ...(result.change as Record<string, string>), ...mark });
}

const mark = { [mountedAnnotation]: mountedOnCreation };

/** A template may name the sidecar's container itself, to change it; its injection then still brings what annotations say. */
function bringsItself({ metadata: { annotations = {} } }: RawPod, mounts: readonly PodMount[]): boolean {
  if (injectedAnnotation in annotations || annotations["inject.istio.io/templates"]?.includes("gateway"))
    return false;
  if (!(userVolumeAnnotation in annotations) || !(userVolumeMountAnnotation in annotations)) return false;
  const result = changeMounts(annotations, mounts);
  return "change" in result && result.change === undefined;
}

function direct(
  pod: RawPod,
  place: "containers" | "initContainers",
  index: number,
  mounts: readonly PodMount[],
): PatchOperation[] {
  const proxy = pod.spec?.[place]?.[index];
  const own = mounts.filter(({ path }) => proxy && !isPathTaken(proxy, path));
  if (!proxy || own.length === 0) return [];
  const volumes: { name: string }[] = [...(pod.spec?.volumes ?? [])];
  const operations: PatchOperation[] = [];
  let hasVolumes = Boolean(pod.spec?.volumes);
  let hasMounts = Boolean(proxy.volumeMounts);
  for (const mount of own) {
    const known = volumes.find((volume) => isSame(volume, mount));
    const name = known?.name ?? freeName(mount.name, new Set(volumes.map((each) => each.name)));
    if (!known) {
      const volume = { name, ...mount.volume };
      volumes.push(volume);
      operations.push(appended("/spec/volumes", hasVolumes, volume));
      hasVolumes = true;
    }
    const value = { name, mountPath: mount.path, readOnly: true };
    operations.push(appended(`/spec/${place}/${index}/volumeMounts`, hasMounts, value));
    hasMounts = true;
  }
  return [...operations, ...annotationsPatch(pod, mark)];
}

/** A store is one whatever its type says; an image is one whenever it is pulled. */
function isSame(volume: NonNullable<NonNullable<RawPod["spec"]>["volumes"]>[number], mount: PodMount) {
  const wanted = mount.volume as typeof volume;
  if (wanted.hostPath) return volume.hostPath?.path === wanted.hostPath.path;
  return volume.image?.reference === wanted.image?.reference;
}

function annotationsPatch({ metadata }: RawPod, values: Record<string, string>): PatchOperation[] {
  const path = "/metadata/annotations";
  if (!metadata.annotations) return [{ op: "add", path, value: values }];
  return Object.entries(values).map(([name, value]) => ({
    op: "add",
    path: `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    value,
  }));
}

/** A list that is absent or null cannot be added to. */
function appended(path: string, exists: boolean, value: object): PatchOperation {
  return exists ? { op: "add", path: `${path}/-`, value } : { op: "add", path, value: [value] };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  return name;
}
