import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { authorityNames } from "../../registry-operator/src/certificates/index.js";
import { freePorts } from "../parts/free-port.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";
import { root } from "../rules/workspaces.js";

const skip = await requireKubernetes();
const namespace = "meshwasm-system";
let kubernetes: Kubernetes;
let folder: string;
const processes: ChildProcess[] = [];

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "meshwasm-shipped-"));
  kubernetes = await startKubernetes();
  await kubernetes.kubectl(["apply", "--server-side", "-k", join(root, "registry-operator", "deploy")]);
  // Istio's own definitions are no part of this test.
  await kubernetes.kubectl(["apply", "--server-side", "-f", "-"], envoyFilters);
  const { bundle } = (await import("../../registry-operator/bundle.mjs")) as {
    bundle: (file: string) => Promise<void>;
  };
  await bundle(join(folder, "app", "bundle", "meshwasm-operator.js"));
  await cp(join(root, "registry-operator", "package.json"), join(folder, "app", "package.json"));
});

after(async () => {
  for (const each of processes) {
    each.kill("SIGKILL");
    if (each.exitCode === null && each.signalCode === null) await once(each, "exit");
  }
  await kubernetes?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("the bundle runs as operator and as agent with the shipped roles: an agent proves its node, and reports", {
  skip,
}, async () => {
  const [agents = 0, metrics = 0] = await freePorts(2);
  const operator = await kubernetes.kubeconfigFor({ namespace, serviceAccount: "meshwasm-operator" });
  const said = start(
    "operator",
    `--kubeconfig=${operator}`,
    `--listen=127.0.0.1:${agents}`,
    `--metrics-listen=127.0.0.1:${metrics}`,
    `--store-dir=${join(folder, "operator")}`,
  );
  await until(
    "the operator is ready",
    said,
    async () => (await fetch(`http://127.0.0.1:${metrics}/readyz`)).ok,
  );

  const { data } = await kubernetes.api.get(
    `/api/v1/namespaces/${namespace}/configmaps/${authorityNames.configMap}`,
  );
  await writeFile(join(folder, "ca.crt"), data[authorityNames.bundleKey]);
  const nodeUid = await create("/api/v1/nodes", { metadata: { name: "node-1" } });
  const uid = await create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: "agent-1" },
    spec: {
      ...{ nodeName: "node-1", serviceAccountName: "meshwasm-agent" },
      containers: [{ name: "agent", image: "registry.example.com/agent" }],
    },
  });
  const account = { namespace, serviceAccount: "meshwasm-agent", pod: { name: "agent-1", uid } };
  await writeFile(join(folder, "token"), await kubernetes.token({ ...account, audiences: ["meshwasm"] }));
  const store = join(folder, "node");
  const wasm = Buffer.from("a module that was here before");
  const digest = `sha256:${createHash("sha256").update(wasm).digest("hex")}`;
  await mkdir(store);
  await writeFile(join(store, `${digest.replace(":", "-")}.wasm`), wasm);
  const heard = start(
    "agent",
    "--node=node-1",
    `--operator-url=https://127.0.0.1:${agents}`,
    `--store-dir=${store}`,
    `--ca-file=${join(folder, "ca.crt")}`,
    `--token-file=${join(folder, "token")}`,
    `--kubeconfig=${await kubernetes.kubeconfigFor(account)}`,
  );
  const report = () => kubernetes.api.find("/apis/meshwasm.io/v1alpha1/nodemodules/node-1");
  await until("a report", heard, async () => (await report())?.status?.digests);
  const { status, metadata } = await report();
  const { version } = JSON.parse(await readFile(join(root, "registry-operator", "package.json"), "utf8"));
  assert.deepEqual(status, { digests: [digest], agentVersion: version });
  assert.deepEqual(metadata.ownerReferences, [
    { apiVersion: "v1", kind: "Node", name: "node-1", uid: nodeUid },
  ]);
  await until("a list of modules", heard, () => heard.text.includes("a new list of modules"));
  for (const each of [said, heard]) assert.doesNotMatch(each.text, /forbidden|not reached/i);
});

test("a token that is not an agent's, or bound to no node, gets no certificate", { skip }, async () => {
  const { KubeTokenReviewer } = await import("../../registry-operator/src/certificates/index.js");
  const { KubeClient, loadKubeConfig } = await import("../../registry-operator/src/kube/index.js");
  const file = await kubernetes.kubeconfigFor({ namespace, serviceAccount: "meshwasm-operator" });
  const client = new KubeClient(loadKubeConfig(file));
  const reviewer = new KubeTokenReviewer(client);
  const token = (serviceAccount: string, audiences: string[]) =>
    kubernetes.token({ namespace, serviceAccount, audiences });
  const cases: [token: string, words: RegExp][] = [
    ["junk", /does not accept the token/],
    [await token("meshwasm-agent", []), /does not accept the token/],
    [await token("meshwasm-agent", ["meshwasm"]), /not bound to a pod on a node/],
    [
      await token("meshwasm-operator", ["meshwasm"]),
      /is of system:serviceaccount:meshwasm-system:meshwasm-operator/,
    ],
  ];
  for (const [each, words] of cases) {
    await assert.rejects(reviewer.nodeOf(each), { code: "TokenInvalid", message: words });
  }
  client.close();
});

test("two operators that start at once make one authority", { skip }, async () => {
  const { KubeAuthority } = await import("../../registry-operator/src/certificates/index.js");
  const { KubeClient, loadKubeConfig } = await import("../../registry-operator/src/kube/index.js");
  await kubernetes.kubectl([
    "-n",
    namespace,
    "delete",
    "secret",
    authorityNames.secret,
    "--ignore-not-found",
  ]);
  const file = await kubernetes.kubeconfigFor({ namespace, serviceAccount: "meshwasm-operator" });
  const clients = [1, 2, 3].map(() => new KubeClient(loadKubeConfig(file)));
  const states = await Promise.all(clients.map((client) => new KubeAuthority(client, namespace).load()));
  assert.equal(new Set(states.map(({ signing }) => signing.certificate)).size, 1);
  for (const client of clients) client.close();
});

/** Starts the bundle; what it says is kept. */
function start(...args: string[]): { text: string } {
  const said = { text: "" };
  const child = spawn(process.execPath, [join(folder, "app", "bundle", "meshwasm-operator.js"), ...args]);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said.text += chunk));
  processes.push(child);
  return said;
}

async function create(path: string, object: object): Promise<string> {
  return (await kubernetes.api.create(path, object)).metadata.uid;
}

async function until(what: string, said: { text: string }, isSo: () => unknown): Promise<void> {
  for (const end = Date.now() + 60_000; ; await sleep(100)) {
    if (
      await Promise.resolve()
        .then(isSo)
        .catch(() => false)
    )
      return;
    assert.ok(Date.now() < end, `${what}: not within 60 s\n${said.text}`);
  }
}

const envoyFilters = JSON.stringify({
  ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  metadata: { name: "envoyfilters.networking.istio.io" },
  spec: {
    ...{ group: "networking.istio.io", scope: "Namespaced" },
    names: {
      plural: "envoyfilters",
      singular: "envoyfilter",
      kind: "EnvoyFilter",
      listKind: "EnvoyFilterList",
    },
    versions: [
      {
        ...{ name: "v1alpha3", served: true, storage: true },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
