import { createHash } from "node:crypto";
import { canonicalJson } from "../desired/canonical-json.js";
import type { EnvoyFilter } from "../desired/envoy-filter.js";
import type { KubeObject } from "../kube/index.js";

/** What is kept of an EnvoyFilter of ours: its metadata, and a hash instead of its spec. */
export interface StoredEnvoyFilter extends EnvoyFilter {
  specHash: string;
}

/** The stored form of an EnvoyFilter as the API server gives it. */
export function storedEnvoyFilter(object: KubeObject): StoredEnvoyFilter {
  const { name, namespace, uid, resourceVersion, labels, annotations, ownerReferences } = object.metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    spec: { configPatches: [] },
    specHash: hashOf((object as EnvoyFilter).spec),
  };
}

/** Whether what is stored says what is desired, so that nothing has to be written. */
export function says(stored: StoredEnvoyFilter, desired: EnvoyFilter): boolean {
  const { labels = {}, annotations = {}, ownerReferences = [] } = stored.metadata;
  const has = (known: Record<string, string>, wanted: Record<string, string> = {}) =>
    Object.entries(wanted).every(([name, value]) => known[name] === value);
  return (
    stored.specHash === hashOf(desired.spec) &&
    has(labels, desired.metadata.labels) &&
    has(annotations, desired.metadata.annotations) &&
    (desired.metadata.ownerReferences ?? []).every(({ uid }) =>
      ownerReferences.some((each) => each.uid === uid),
    )
  );
}

function hashOf(spec: unknown): string {
  return createHash("sha256").update(canonicalJson(spec)).digest("base64");
}
