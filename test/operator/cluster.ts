import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KubeClient } from "../../registry-operator/src/kube/client.js";
import { loadKubeConfig } from "../../registry-operator/src/kube/config.js";
import { exists } from "../../scripts/setup/cache.mjs";
import { istiodFolder } from "../../scripts/setup/istiod.mjs";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";

const crds = fileURLToPath(new URL("../../registry-operator/crds", import.meta.url));

/** An API server that knows our resources and Istio's, and the operator's own client of it. */
export interface Cluster {
  kube: Kubernetes;
  client: KubeClient;
  stop(): Promise<void>;
}

/** Why tests on an API server with Istio's resources are skipped; false: they run. */
export async function requireCluster(): Promise<string | false> {
  const reason = await requireKubernetes();
  if (reason || (await exists(istiodFolder()))) return reason;
  const missing = "no CRDs of Istio on this machine: npm run setup -- --mesh";
  if (process.env.CI === "true") throw new Error(missing);
  return missing;
}

/** Starts it: about 8 seconds. */
export async function startCluster(options: { controllerManager?: boolean } = {}): Promise<Cluster> {
  const kube = await startKubernetes(options);
  try {
    const istio = await readFile(join(istiodFolder(), "crds.yaml"), "utf8");
    await kube.kubectl(["apply", "--server-side", "-k", crds]);
    await kube.kubectl(["apply", "--server-side", "-f", "-"], istio);
    await kube.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    const client = new KubeClient(loadKubeConfig(kube.kubeconfig));
    return {
      kube,
      client,
      stop: async () => {
        client.close();
        await kube.stop();
      },
    };
  } catch (error) {
    // Else its processes would keep the test's file alive for ever.
    await kube.stop();
    throw error;
  }
}
