import { KubeConfig } from "@kubernetes/client-node";
import { MeshwasmError } from "../errors.js";

/**
 * Who to talk to and with which credentials.
 *
 * @param file a kubeconfig; absent: `$KUBECONFIG`, then `~/.kube/config`, then the pod's own ServiceAccount
 * @throws MeshwasmError KubeConfigInvalid
 */
export function loadKubeConfig(file?: string): KubeConfig {
  const config = new KubeConfig();
  const place = file ?? "the default kubeconfig";
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (cause) {
    throw new MeshwasmError("KubeConfigInvalid", `${place} cannot be used: ${(cause as Error).message}`, {
      cause,
      hint: "name a readable kubeconfig with --kubeconfig",
    });
  }
  if (!config.getCurrentCluster()) {
    throw new MeshwasmError("KubeConfigInvalid", `${place} has no current context`, {
      hint: "choose one: kubectl config use-context NAME",
    });
  }
  return config;
}
