import {
  mountedAnnotation,
  mountedOnCreation,
  proxyContainer,
  storeDir,
  userVolumeAnnotation,
  userVolumeMountAnnotation,
  volumeName,
} from "../api/names.js";
import { withMount } from "./mount.js";
import { isStoreDirTaken, podFacts, type RawPod } from "./pod.js";
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
 * What a pod that is just being made lacks of the mount of the node's store; nothing when it has it, and nothing that would
 * make the API server or the kubelet refuse the pod. Istio's injection may come before or after. Where the sidecar is there,
 * it gets volume and mount; where it is still to come, the pod gets the annotations that have Istio add them.
 *
 * @param namespaceLabels of its namespace
 */
export function mountPatch(
  pod: RawPod,
  namespaceLabels: Record<string, string> | undefined,
): PatchOperation[] {
  if (podFacts(pod).mounted) return [];
  for (const place of ["containers", "initContainers"] as const) {
    const index = (pod.spec?.[place] ?? []).findIndex(({ name }) => name === proxyContainer);
    if (index >= 0) return bringsItself(pod) ? [] : direct(pod, place, index);
  }
  const { labels: templateLabels = {}, annotations: templateAnnotations = {} } = pod.metadata;
  if (!wouldBeInjected(namespaceLabels, { templateLabels, templateAnnotations })) return [];
  const isNameTaken = (pod.spec?.volumes ?? []).some(({ name }) => name === volumeName);
  const result = withMount(templateAnnotations);
  // With neither, it is asked about again when the sidecar is there.
  if (isNameTaken || "invalid" in result || !result.change) return [];
  return annotationsPatch(pod, { ...(result.change as Record<string, string>), ...mark });
}

const mark = { [mountedAnnotation]: mountedOnCreation };

/** A template may name the sidecar's container itself, to change it; its injection then still brings what annotations say. */
function bringsItself({ metadata: { annotations = {} } }: RawPod): boolean {
  if (injectedAnnotation in annotations || annotations["inject.istio.io/templates"]?.includes("gateway"))
    return false;
  if (!(userVolumeAnnotation in annotations) || !(userVolumeMountAnnotation in annotations)) return false;
  const result = withMount(annotations);
  return "change" in result && result.change === undefined;
}

function direct(pod: RawPod, place: "containers" | "initContainers", index: number): PatchOperation[] {
  const proxy = pod.spec?.[place]?.[index];
  if (!proxy || isStoreDirTaken(proxy)) return [];
  const { volumes } = pod.spec ?? {};
  const store = volumes?.find(({ hostPath }) => hostPath?.path === storeDir);
  const name = store?.name ?? freeName(new Set(volumes?.map((each) => each.name)));
  const volume = { name, hostPath: { path: storeDir, type: "DirectoryOrCreate" } };
  const mount = { name, mountPath: storeDir, readOnly: true };
  return [
    ...(store ? [] : [appended("/spec/volumes", volumes, volume)]),
    appended(`/spec/${place}/${index}/volumeMounts`, proxy.volumeMounts, mount),
    ...annotationsPatch(pod, mark),
  ];
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
function appended(path: string, list: readonly unknown[] | undefined, value: object): PatchOperation {
  return list ? { op: "add", path: `${path}/-`, value } : { op: "add", path, value: [value] };
}

function freeName(taken: ReadonlySet<string>): string {
  let name = volumeName;
  for (let n = 2; taken.has(name); n++) name = `${volumeName}-${n}`;
  return name;
}
