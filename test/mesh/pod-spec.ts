import { join } from "node:path";
import type { KubeObject } from "../parts/kube-api.js";
import type { Mount } from "./pod-filesystem.js";

/** The injected sidecar's container, be it a native sidecar or a plain container; undefined: the pod has none. */
export function sidecarContainer(pod: KubeObject): KubeObject | undefined {
  const { containers, initContainers = [] } = pod.spec;
  return [...initContainers, ...containers].find(({ name }) => name === "istio-proxy");
}

/** What istiod takes a sidecar's container for, as its arguments say to pilot-agent. */
export function proxyType({ args = [] }: KubeObject): "sidecar" | "router" {
  return args.includes("router") ? "router" : "sidecar";
}

/**
 * The folders that a container sees: those of its node, and those of images. Volumes of other kinds hold nothing that a test
 * reads.
 *
 * @param imageFolder where an image that was pulled is
 */
export function containerMounts(
  pod: KubeObject,
  container: KubeObject,
  nodeRoot: string,
  imageFolder: (reference: string) => string,
): Mount[] {
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly = false } of container.volumeMounts ?? []) {
    const { hostPath, image } = pod.spec.volumes.find((each: KubeObject) => each.name === name) ?? {};
    if (hostPath) mounts.push({ source: join(nodeRoot, hostPath.path), path: mountPath, readOnly });
    // Whatever the mount says.
    if (image) mounts.push({ source: imageFolder(image.reference), path: mountPath, readOnly: true });
  }
  return mounts;
}

/** The images that a pod's volumes are. */
export function imageVolumes({ spec }: KubeObject): string[] {
  return (spec.volumes ?? []).flatMap(({ image }: KubeObject) => image?.reference ?? []);
}

/** The folders of the node that the kubelet makes: hostPath volumes of the type DirectoryOrCreate. */
export function foldersToCreate(pod: KubeObject, nodeRoot: string): string[] {
  const volumes: KubeObject[] = pod.spec.volumes ?? [];
  return volumes
    .filter(({ hostPath }) => hostPath?.type === "DirectoryOrCreate")
    .map(({ hostPath }) => join(nodeRoot, hostPath.path));
}

/** The metadata that injection gives to the sidecar: its plain `ISTIO_META_…` variables. */
export function sidecarMetadata(container: KubeObject): Record<string, string> {
  const variables: KubeObject[] = container.env ?? [];
  return Object.fromEntries(
    variables
      .filter(({ name, value }) => name.startsWith("ISTIO_META_") && value !== undefined)
      .map(({ name, value }) => [name.slice("ISTIO_META_".length), value]),
  );
}

/** The stats that a pod's annotation asks for, by the ends of their names; pilot-agent adds them to the bootstrap. */
export function statsSuffixes({ metadata }: KubeObject): string[] {
  const asked = metadata.annotations?.["sidecar.istio.io/statsInclusionSuffixes"] ?? "";
  return asked.split(",").filter((each: string) => each !== "");
}

/** The node that a DaemonSet means a pod for; undefined: any. */
export function nodeAskedFor(pod: KubeObject): string | undefined {
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const fields = terms.flatMap(({ matchFields = [] }: KubeObject) => matchFields);
  return fields.find(({ key }: KubeObject) => key === "metadata.name")?.values?.[0];
}
