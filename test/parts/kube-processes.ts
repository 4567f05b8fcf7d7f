import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findEtcd } from "../../scripts/setup/etcd.mjs";
import { findKubernetes } from "../../scripts/setup/kubernetes.mjs";
import { KubeApi } from "./kube-api.js";
import { Part } from "./part.js";

/** Starts etcd with its data in memory's reach: no fsync, as nothing has to survive. */
export async function startEtcd(folder: string, port: number, peerPort: number): Promise<Part> {
  const url = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync"],
    ...["--listen-client-urls", url, "--advertise-client-urls", url],
    ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
    ...["--initial-cluster", `default=${peer}`],
  ];
  const command = (await findEtcd()) ?? "etcd";
  const log = join(folder, "etcd.log");
  return Part.start({ name: "etcd", command, args, log }, async () => (await fetch(`${url}/health`)).ok);
}

/**
 * Makes a new version of the store and forgets all older ones.
 * https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
 */
export async function compactEtcd(port: number): Promise<void> {
  const ask = async (path: string, body: object) => {
    const url = `http://127.0.0.1:${port}/v3/kv/${path}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const key = Buffer.from("/compacted-by-a-test").toString("base64");
  const { header } = await ask("put", { key, value: key });
  await ask("compaction", { revision: header.revision, physical: true });
}

/** Starts the API server; its certificate appears as `apiserver.crt` in the folder. */
export async function startApiServer(
  folder: string,
  etcdPort: number,
  port: number,
  ready: () => Promise<boolean>,
): Promise<Part> {
  const key = join(folder, "service-account.key");
  const args = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    ...[`--cert-dir=${folder}`, `--secure-port=${port}`, "--bind-address=127.0.0.1"],
    ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    ...[`--token-auth-file=${join(folder, "tokens.csv")}`, "--authorization-mode=RBAC"],
    "--service-cluster-ip-range=10.96.0.0/16",
    // Nobody reaches the service `kubernetes`, and a loopback address is not accepted as its endpoint.
    "--endpoint-reconciler-type=none",
    // Whatever a test does, it is not throttled.
    ...["--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000"],
  ];
  const command = (await findKubernetes("kube-apiserver")) ?? "kube-apiserver";
  return Part.start({ name: "kube-apiserver", command, args, log: join(folder, "apiserver.log") }, ready);
}

/** Whether the API server answers its administrator, with all its start-up work done. */
export async function apiServerIsReady(folder: string, url: string, token: string): Promise<boolean> {
  const api = new KubeApi(url, await readFile(join(folder, "apiserver.crt"), "utf8"), token);
  try {
    return (await api.getText("/readyz")) === "ok";
  } finally {
    api.close();
  }
}

/** Starts the controller manager and waits until it has done its first work. */
export async function startControllerManager(
  folder: string,
  kubeconfig: string,
  api: KubeApi,
): Promise<Part> {
  const args = [
    ...[`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"],
    `--service-account-private-key-file=${join(folder, "service-account.key")}`,
    `--root-ca-file=${join(folder, "apiserver.crt")}`,
    // Nodes of tests send no heartbeat, and would be tainted.
    "--controllers=*,-node-lifecycle-controller",
    // By default the garbage collector and others wait long before they try again.
    ...["--kube-api-qps=200", "--kube-api-burst=400"],
  ];
  const command = (await findKubernetes("kube-controller-manager")) ?? "kube-controller-manager";
  const log = join(folder, "controller-manager.log");
  return Part.start({ name: "kube-controller-manager", command, args, log }, async () =>
    Boolean(await api.find("/api/v1/namespaces/default/serviceaccounts/default")),
  );
}
