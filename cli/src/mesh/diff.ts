import type { RemoteOptions } from "@meshwasm/oras";
import type { Cluster } from "./cluster.js";
import { applyFilter, type EnableRequest, prepareEnable } from "./enable.js";

/** One field that would be another. */
export interface FieldChange {
  /** `spec.filter.config.perSecond`; a list counts as one value. */
  path: string;
  /** Absent: it is not there now. */
  from?: unknown;
  /** Absent: it would go. */
  to?: unknown;
}

/** What `meshwasm enable` would change. */
export interface EnableDiff {
  namespace: string;
  name: string;
  /** False: the FilterDeployment would be made. */
  exists: boolean;
  /** In the order of their paths; empty: nothing would change. */
  changes: FieldChange[];
  /** Digest that the image names in the registry now. */
  digest: string;
  /** Digest that the operator resolved it to; empty: it did not yet. */
  resolvedDigest: string;
}

/**
 * Asks the API server, in a dry run, what `enable` would make of the FilterDeployment: with the defaults and the checks of
 * the server, and with what others manage.
 *
 * @param force as `enable` has it
 * @throws MeshwasmError those of `prepareEnable` and `applyFilter`
 */
export async function diffEnable(
  request: EnableRequest,
  remote: RemoteOptions,
  cluster: Cluster,
  force: boolean,
): Promise<EnableDiff> {
  const { object, digest, found } = await prepareEnable(request, remote, cluster);
  const applied = await applyFilter(cluster, object, force, true);
  const { namespace, name } = object.metadata;
  return {
    ...{ namespace, name, exists: found !== undefined, digest },
    changes: fieldChanges("spec", found?.spec, applied.spec),
    resolvedDigest: found?.status?.resolvedDigest ?? "",
  };
}

/** The fields in which two JSON values differ. */
export function fieldChanges(path: string, from: unknown, to: unknown): FieldChange[] {
  if (isMap(from) && isMap(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => fieldChanges(`${path}.${name}`, from[name], to[name]));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  // What is new or goes is told by its fields.
  if (isMap(to) && from === undefined && Object.keys(to).length > 0) return fieldChanges(path, {}, to);
  if (isMap(from) && to === undefined && Object.keys(from).length > 0) return fieldChanges(path, from, {});
  return [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** The changes for people, as a diff of fields. */
export function describeDiff({
  namespace,
  name,
  exists,
  changes,
  digest,
  resolvedDigest,
}: EnableDiff): string {
  const place = `${namespace}/${name}`;
  const lines = changes.flatMap(({ path, from, to }) => [
    ...(from === undefined ? [] : [`- ${path}: ${JSON.stringify(from)}`]),
    ...(to === undefined ? [] : [`+ ${path}: ${JSON.stringify(to)}`]),
  ]);
  const isOtherImage = changes.some(({ path }) => path === "spec.filter.image");
  const moved = exists && !isOtherImage && resolvedDigest !== "" && resolvedDigest !== digest;
  return [
    exists ? `${place}: ${changes.length === 0 ? "nothing would change" : "would change"}` : `${place}: new`,
    ...lines,
    ...(moved
      ? [`the image names ${digest} now; ${resolvedDigest} is in force (--pin asks for the new one)`]
      : []),
  ].join("\n");
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
