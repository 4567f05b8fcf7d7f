import { MeshwasmError } from "../errors.js";
import { type Cluster, ClusterRefusal } from "./cluster.js";
import { filterDeployments } from "./resources.js";

/**
 * Deletes a FilterDeployment; the operator takes the filter out of the mesh before the object goes.
 *
 * @param dryRun the API server checks it and changes nothing
 * @throws MeshwasmError NOT_ENABLED when there is none; those of the cluster
 */
export async function disableFilter(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  dryRun: boolean,
): Promise<void> {
  try {
    const query = dryRun ? { dryRun: "All" } : {};
    await cluster.send({ method: "DELETE", path: filterDeployments(namespace, name), query });
  } catch (cause) {
    if (!(cause instanceof ClusterRefusal) || !cause.isObjectMissing) throw cause;
    throw new MeshwasmError("NOT_ENABLED", `there is no FilterDeployment ${namespace}/${name}`, {
      cause,
      hint: "see what there is: meshwasm status --all-namespaces",
    });
  }
}
