import { storeDir, userVolumeAnnotation, userVolumeMountAnnotation, volumeName } from "../api/names.js";
import { canonicalJson } from "./canonical-json.js";

/** Annotations of a pod template to set; null: to remove. */
export type AnnotationChange = Record<string, string | null>;

/** A change of annotations, or why there can be none. */
export type MountChange = { change: AnnotationChange | undefined } | { invalid: string };

const ours = {
  [userVolumeAnnotation]: { hostPath: { path: storeDir, type: "DirectoryOrCreate" } },
  [userVolumeMountAnnotation]: { mountPath: storeDir, readOnly: true },
} as const;

/**
 * What has to change so that a pod template's sidecar gets the node's store; undefined: nothing. What others put into the
 * annotations stays. Both are JSON objects from a volume's name to what it is.
 * https://istio.io/latest/docs/reference/config/annotations/#SidecarUserVolume
 */
export function withMount(annotations: Record<string, string> | undefined): MountChange {
  return edit(annotations, (entries, entry) => {
    if (canonicalJson(entries[volumeName]) === canonicalJson(entry)) return undefined;
    return { ...entries, [volumeName]: entry };
  });
}

/** What has to change so that the mount goes; an annotation that is empty then goes too. */
export function withoutMount(annotations: Record<string, string> | undefined): MountChange {
  return edit(annotations, (entries) => {
    if (!(volumeName in entries)) return undefined;
    const { [volumeName]: _, ...rest } = entries;
    return rest;
  });
}

function edit(
  annotations: Record<string, string> | undefined,
  change: (entries: Record<string, unknown>, entry: object) => Record<string, unknown> | undefined,
): MountChange {
  const changes: AnnotationChange = {};
  for (const [name, entry] of Object.entries(ours)) {
    const entries = parse(annotations?.[name]);
    if (entries === undefined) return { invalid: `the annotation ${name} is no JSON object` };
    const changed = change(entries, entry);
    if (changed) changes[name] = Object.keys(changed).length > 0 ? JSON.stringify(changed) : null;
  }
  return { change: Object.keys(changes).length > 0 ? changes : undefined };
}

function parse(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.trim() === "") return {};
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
