import type { RemoteOptions } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import type { FilterPhase } from "../filter/manifest.js";
import { checkConfigFor, type EnabledArtifact, readArtifactFor } from "./artifact.js";
import { type Cluster, ClusterRefusal } from "./cluster.js";
import { readConfig } from "./read-config.js";
import {
  apiVersion,
  type FilterDeployment,
  type FilterSpec,
  fieldManager,
  filterDeployments,
} from "./resources.js";

/** What `meshwasm enable` was asked for; absent members are left as they are in the cluster. */
export interface EnableRequest {
  image: string;
  namespace: string;
  /** Name of the FilterDeployment. Absent: the filter's. */
  name?: string;
  /** Labels of the pods; empty: every workload of the namespace. */
  selector?: Record<string, string>;
  /** A JSON or YAML file. */
  configFile?: string;
  /** Names of pull secrets in the namespace. */
  pullSecrets?: string[];
  failurePolicy?: string;
  direction?: string;
  ports?: number[];
  /** How the module gets into the sidecars. */
  delivery?: string;
  restart?: string;
  /** Where in the chain. Absent, and nothing is there yet: what filter.yaml says. */
  phase?: FilterPhase;
  /** Among the filters of the phase; the higher one comes first. */
  priority?: number;
  /** Adds the digest to the image, so that a moved tag changes nothing. */
  pin?: boolean;
}

/** A FilterDeployment that was checked but not applied. */
export interface Prepared {
  object: FilterDeployment;
  /** Digest of the manifest that was checked. */
  digest: string;
  /** What is in the cluster; absent: nothing. */
  found?: FilterDeployment;
}

/**
 * Fetches the artifact, checks the configuration against the schema in it, and builds the FilterDeployment.
 *
 * @param cluster what is there already is kept where the request says nothing; absent: there is nothing
 * @throws MeshwasmError USAGE, FILE_NOT_FOUND, CONFIG_INVALID; those of the registry and of the cluster
 */
export async function prepareEnable(
  request: EnableRequest,
  remote: RemoteOptions,
  cluster?: Cluster,
): Promise<Prepared> {
  const given = request.configFile === undefined ? undefined : await readConfig(request.configFile);
  const artifact = await readArtifactFor(request.image, remote);
  const { namespace, name = artifact.name } = request;
  const found = await cluster?.find<FilterDeployment>(filterDeployments(namespace, name));
  const config = given ?? (found?.spec.filter.config as Record<string, unknown> | undefined);
  checkConfigFor(
    artifact,
    config,
    request.configFile ?? (config ? `the configuration of ${namespace}/${name}` : undefined),
  );
  const isPinned = request.pin && !request.image.includes("@");
  const image = isPinned ? `${request.image}@${artifact.digest}` : request.image;
  const object: FilterDeployment = {
    ...{ apiVersion, kind: "FilterDeployment", metadata: { name, namespace } },
    spec: specFrom(atItsPlace(request, artifact, found), image, config, found?.spec),
  };
  return { object, digest: artifact.digest, ...(found && { found }) };
}

/** A new version does not move what is in the chain: that would drain connections. */
function atItsPlace(
  request: EnableRequest,
  { phase }: EnabledArtifact,
  found: FilterDeployment | undefined,
): EnableRequest {
  const isSaid = phase !== undefined && phase !== "UNSPECIFIED";
  return isSaid && request.phase === undefined && !found ? { ...request, phase } : request;
}

function specFrom(request: EnableRequest, image: string, config: unknown, old?: FilterSpec): FilterSpec {
  const { selector, pullSecrets, failurePolicy, direction, ports, phase, priority } = request;
  const { workloadSelector, ...rest } = old ?? { filter: {} };
  // An upgrade that names no workloads must not reach more of them than before.
  const kept = selector === undefined ? workloadSelector : undefined;
  const chosen = selector && Object.keys(selector).length > 0 ? { matchLabels: selector } : kept;
  const traffic = { ...old?.traffic, ...(direction && { direction }), ...(ports && { ports }) };
  const delivery = {
    ...old?.delivery,
    ...(request.delivery && { mode: request.delivery }),
    ...(request.restart && { restart: request.restart }),
  };
  const order = { ...old?.order, ...(phase && { phase }), ...(priority !== undefined && { priority }) };
  return {
    ...rest,
    filter: {
      ...old?.filter,
      image,
      ...(config === undefined ? {} : { config }),
      ...(pullSecrets && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
      ...(failurePolicy && { failurePolicy }),
    },
    ...(chosen && { workloadSelector: chosen }),
    ...(Object.keys(traffic).length > 0 && { traffic }),
    ...(Object.keys(order).length > 0 && { order }),
    ...(Object.keys(delivery).length > 0 && { delivery }),
  };
}

/**
 * Creates or changes the FilterDeployment by server-side apply.
 *
 * @param force takes fields over that somebody else applied, such as a GitOps tool
 * @param dryRun the API server says what it would become, admission included, and keeps nothing
 * @throws MeshwasmError CLUSTER_UNREACHABLE, CLUSTER_REFUSED
 */
export async function applyFilter(
  cluster: Cluster,
  object: FilterDeployment,
  force: boolean,
  dryRun = false,
): Promise<FilterDeployment> {
  const { namespace, name } = object.metadata;
  try {
    return await cluster.send<FilterDeployment>({
      method: "PATCH",
      path: filterDeployments(namespace, name),
      query: {
        fieldManager,
        force: String(force),
        fieldValidation: "Strict",
        ...(dryRun && { dryRun: "All" }),
      },
      body: object,
      // JSON is YAML.
      contentType: "application/apply-patch+yaml",
    });
  } catch (cause) {
    if (!(cause instanceof ClusterRefusal) || cause.status !== 409) throw cause;
    throw new MeshwasmError("CLUSTER_REFUSED", cause.message, {
      cause,
      hint: "somebody else manages these fields: change them there, or take them over with --force-conflicts",
    });
  }
}
