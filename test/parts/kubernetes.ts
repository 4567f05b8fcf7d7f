import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEtcd } from "../../scripts/setup/etcd.mjs";
import { findKubectl } from "../../scripts/setup/kubectl.mjs";
import { findKubernetes } from "../../scripts/setup/kubernetes.mjs";
import { freePorts } from "./free-port.js";
import { requestToken, runKubectl, type TokenRequest, writeKeys, writeKubeconfig } from "./kube-access.js";
import { KubeApi } from "./kube-api.js";
import {
  apiServerIsReady,
  compactEtcd,
  startApiServer,
  startControllerManager,
  startEtcd,
} from "./kube-processes.js";
import type { Part } from "./part.js";

/** What `startKubernetes` starts. */
export interface KubernetesOptions {
  /** Also the controller manager, which makes pods of Deployments, collects garbage, ends namespaces. */
  controllerManager?: boolean;
}

/** A real API server on an etcd of its own, with RBAC and the usual admission plugins; nothing runs its pods. */
export interface Kubernetes {
  /** `https://127.0.0.1:PORT` */
  url: string;
  /** PEM of the server's certificate. */
  ca: string;
  /** Where the logs are. */
  folder: string;
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  /** The administrator's token. */
  adminToken: string;
  /** The administrator's client. */
  api: KubeApi;
  /** A token of a ServiceAccount. The account must exist. */
  token(request: TokenRequest): Promise<string>;
  /** Writes a kubeconfig with a ServiceAccount's token and returns its path. */
  kubeconfigFor(request: TokenRequest): Promise<string>;
  /** Runs kubectl as the administrator; its standard output. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Ends the API server and starts it again on the same port; etcd stays. */
  restartApiServer(): Promise<void>;
  /** Ends the API server, as a failure would; `restartApiServer` brings it back. */
  killApiServer(): Promise<void>;
  /** Has etcd forget all versions but the newest of each object: what watches from an older one has to list anew. */
  compactEtcd(): Promise<void>;
  /** Ends all. The folder goes unless `keepLogs`. */
  stop(options?: { keepLogs?: boolean }): Promise<void>;
}

/** Why tests on a real API server are skipped; false: they run. Under `CI=true` a missing part is an error. */
export async function requireKubernetes(): Promise<string | false> {
  const found = { etcd: await findEtcd(), kubectl: await findKubectl() } as Record<string, unknown>;
  for (const each of ["kube-apiserver", "kube-controller-manager"]) found[each] = await findKubernetes(each);
  const missing = Object.keys(found).filter((each) => !found[each]);
  if (missing.length === 0) return false;
  const reason = `no ${missing.join(", ")} on this machine: npm run setup -- --mesh installs it`;
  if (process.env.CI === "true") throw new Error(reason);
  return reason;
}

/** Starts etcd, the API server and, when asked, the controller manager, on free ports of loopback: about 4 seconds. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-kubernetes-"));
  const parts: Part[] = [];
  const stop = async ({ keepLogs = false } = {}) => {
    // Those that depend on others go first. Their data goes too, so there is nothing to end kindly.
    for (const part of parts.reverse()) await part.stop("SIGKILL");
    if (keepLogs) console.error(`the logs of the Kubernetes parts are in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  };
  try {
    const [etcdPort = 0, peerPort = 0, port = 0] = await freePorts(3);
    const adminToken = await writeKeys(folder);
    const url = `https://127.0.0.1:${port}`;
    const ready = () => apiServerIsReady(folder, url, adminToken);
    parts.push(await startEtcd(folder, etcdPort, peerPort));
    const apiServer = await startApiServer(folder, etcdPort, port, ready);
    parts.push(apiServer);
    const ca = await readFile(join(folder, "apiserver.crt"), "utf8");
    const kubeconfig = await writeKubeconfig(folder, "admin", { url, ca, token: adminToken });
    const api = new KubeApi(url, ca, adminToken);
    if (options.controllerManager) parts.push(await startControllerManager(folder, kubeconfig, api));
    const token = (request: TokenRequest) => requestToken(api, request);
    let accounts = 0;
    return {
      ...{ url, ca, folder, kubeconfig, adminToken, api, token },
      kubeconfigFor: async (request) =>
        writeKubeconfig(folder, `account-${++accounts}`, { url, ca, token: await token(request) }),
      kubectl: (args, input) => runKubectl(kubeconfig, args, input),
      compactEtcd: () => compactEtcd(etcdPort),
      killApiServer: () => apiServer.stop("SIGKILL"),
      restartApiServer: async () => {
        // Asked kindly, it waits for the watches of its clients.
        await apiServer.stop("SIGKILL");
        await apiServer.restart(ready);
      },
      stop: async (how) => {
        api.close();
        await stop(how);
      },
    };
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
}
