import { ensureEtcd, etcdHint } from "./etcd.mjs";
import { ensureFaketime } from "./faketime.mjs";
import { goHint, haveGo } from "./go.mjs";
import { ensureGoTool } from "./go-tools.mjs";
import { ensureIstiod } from "./istiod.mjs";
import { ensureKubectl } from "./kubectl.mjs";
import { ensureKubernetes } from "./kubernetes.mjs";

/** What the tests on a whole mesh are called in messages. */
export const meshTests = "the tests on a Kubernetes API server and on a whole mesh";

/**
 * Finds the control planes of a mesh: etcd, kubectl, Kubernetes, istiod; with `build` makes those that are missing, which
 * takes some 12 minutes on two cores the first time; with `apt` also installs what needs root.
 *
 * @returns why there is no mesh, with what to do; undefined: all is there.
 */
export async function ensureMesh({ build, apt }) {
  if (!(await ensureEtcd({ install: apt }))) return `no etcd: ${etcdHint}`;
  const kubernetes = await ensureKubernetes({ install: build });
  const istiod = kubernetes && (await ensureIstiod({ install: build }));
  if (istiod) {
    await ensureKubectl();
    // The chart's tests want it also where istiod was there already.
    await ensureGoTool("helm", { install: build });
    // A test of clocks that jump.
    await ensureFaketime({ install: apt });
    return undefined;
  }
  const what = kubernetes ? "istiod" : "kube-apiserver and kube-controller-manager";
  if (!(await haveGo())) return `no ${what}, and no Go to build it: ${goHint}`;
  return `no ${what}: npm run setup -- --mesh builds it, once; 12 minutes on two cores for all of a mesh`;
}
