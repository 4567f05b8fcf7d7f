import {
  imageMountPath,
  imageVolumeName,
  storeDir,
  userVolumeAnnotation,
  userVolumeMountAnnotation,
  volumeName,
} from "../api/names.js";
import { canonicalJson } from "./canonical-json.js";

/** A volume and where the sidecar sees it, read-only. */
export interface PodMount {
  /** Of the volume. */
  name: string;
  /** The volume as a pod has it, without its name. */
  volume: Record<string, unknown>;
  path: string;
}

/** Annotations of a pod template to set; null: to remove. */
export type AnnotationChange = Record<string, string | null>;

/** A change of annotations, or why there can be none. */
export type MountChange = { change: AnnotationChange | undefined } | { invalid: string };

/** The node's store. */
export const storeMount: PodMount = {
  name: volumeName,
  volume: { hostPath: { path: storeDir, type: "DirectoryOrCreate" } },
  path: storeDir,
};

/**
 * The image of a FilterDeployment. The kubelet pulls it before it starts any container of the pod.
 *
 * @param reference by digest, `HOST/REPOSITORY@sha256:…`
 * https://kubernetes.io/docs/concepts/storage/volumes/#image
 */
export function imageMount(id: string, reference: string): PodMount {
  const digest = reference.slice(reference.indexOf("@") + 1);
  return {
    name: imageVolumeName(id, digest),
    volume: { image: { reference, pullPolicy: "IfNotPresent" } },
    path: imageMountPath(id, digest),
  };
}

/** The reference under which a kubelet pulls an image: by digest alone, so that another tag is no other pod template. */
export function imageReference(image: string, manifestDigest: string): string {
  return `${image.replace(/@.*$/, "").replace(/:[^:/]*$/, "")}@${manifestDigest}`;
}

/**
 * What has to change so that a pod template's sidecar gets these mounts, and loses others; undefined: nothing. What others
 * put into the annotations stays, and an annotation that is empty then goes. Both are JSON objects from a volume's name to
 * what it is.
 * https://istio.io/latest/docs/reference/config/annotations/#SidecarUserVolume
 *
 * @param goes whether a volume goes, by its name; asked of none that is wanted
 */
export function changeMounts(
  annotations: Record<string, string> | undefined,
  wanted: readonly PodMount[],
  goes: (name: string) => boolean = () => false,
): MountChange {
  const changes: AnnotationChange = {};
  for (const [annotation, entryOf] of entries) {
    const before = parse(annotations?.[annotation]);
    if (before === undefined) return { invalid: `the annotation ${annotation} is no JSON object` };
    const own = Object.fromEntries(wanted.map((mount) => [mount.name, entryOf(mount)]));
    const kept = Object.entries(before).filter(([name]) => name in own || !goes(name));
    const after = { ...Object.fromEntries(kept), ...own };
    if (canonicalJson(after) === canonicalJson(before)) continue;
    changes[annotation] = Object.keys(after).length > 0 ? JSON.stringify(after) : null;
  }
  return { change: Object.keys(changes).length > 0 ? changes : undefined };
}

/** The names of the volumes that a template's annotations bring; empty, too, when they cannot be read. */
export function mountNames(annotations: Record<string, string> | undefined): Set<string> {
  return new Set(entries.flatMap(([annotation]) => Object.keys(parse(annotations?.[annotation]) ?? {})));
}

const entries: readonly [annotation: string, entryOf: (mount: PodMount) => object][] = [
  [userVolumeAnnotation, ({ volume }) => volume],
  [userVolumeMountAnnotation, ({ path }) => ({ mountPath: path, readOnly: true })],
];

function parse(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.trim() === "") return {};
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
