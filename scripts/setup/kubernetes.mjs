import { cp } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../run.mjs";
import { cached, cacheFolder } from "./cache.mjs";
import { findExecutable, kubebuilderFolders } from "./executable.mjs";
import { haveGo, runGo } from "./go.mjs";

/** Also in go-modules/kubernetes/go.mod, with each of its parts as v0.36.3. */
export const kubernetesVersion = "v1.36.3";

const programs = [
  ["kube-apiserver", "4 minutes"],
  ["kube-controller-manager", "1 minute"],
];

/**
 * Where a program of the control plane is: KUBEBUILDER_ASSETS, as envtest has it, then the cache. Undefined: nowhere.
 * Those who have the API server from envtest have no controller manager there.
 */
export function findKubernetes(program) {
  return findExecutable(program, [...kubebuilderFolders(), join(cacheFolder(), folderOf(program))]);
}

/**
 * Finds the API server and the controller manager; with `install` builds what is missing from their Go module.
 *
 * @returns whether both are there.
 */
export async function ensureKubernetes({ install }) {
  for (const [program, takes] of programs) {
    if (await findKubernetes(program)) continue;
    if (!install || !(await haveGo())) return false;
    await cached(folderOf(program), async (partial) => {
      console.log(`building ${program} ${kubernetesVersion}, once; about ${takes} on two cores`);
      await build(program, partial);
    });
  }
  return true;
}

async function build(program, partial) {
  const source = join(partial, "source");
  await cp(join(root, "scripts", "setup", "go-modules", "kubernetes"), source, { recursive: true });
  // Without its version flag kubectl cannot read the server's version.
  const flags = `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`;
  const output = join(partial, program);
  await runGo(["build", `-ldflags=${flags}`, "-o", output, `k8s.io/kubernetes/cmd/${program}`], {
    cwd: source,
  });
}

function folderOf(program) {
  return `${program}-${kubernetesVersion}`;
}
