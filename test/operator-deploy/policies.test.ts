import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeClient, loadKubeConfig, wellKnown } from "../../registry-operator/src/kube/index.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";
import { root } from "../rules/workspaces.js";

const skip = await requireKubernetes();
let kubernetes: Kubernetes;

before(async () => {
  if (skip) return;
  kubernetes = await startKubernetes();
  await kubernetes.kubectl(["apply", "--server-side", "-k", join(root, "registry-operator", "deploy")]);
  const { kubectl } = kubernetes;
  await kubectl(["create", "serviceaccount", "tenant"]);
  // The controller manager, which would fill the role `edit`, does not run here.
  await kubectl(["create", "clusterrole", "tenant", "--verb=*", "--resource=pods"]);
  await kubectl([
    "create",
    "clusterrolebinding",
    "tenant",
    "--clusterrole=tenant",
    "--serviceaccount=default:tenant",
  ]);
});
after(() => kubernetes?.stop());

test("labels that choose a filter's content are the operator's; all others are not its business", {
  skip,
}, async () => {
  const tenant = await as("default", "tenant");
  const operator = await clientOf("meshwasm-system", "meshwasm-operator");
  const label = "meshwasm.io/f-0123456789";
  await tenant("create", "-f", pod("plain", { app: "shop" }));
  // A policy takes a moment to be in force; kubectl sends nothing when the label is there already.
  let tries = 0;
  await until(() =>
    refused(
      tenant("label", "--overwrite", "pod", "plain", `${label}=t-${++tries}`),
      /set by the operator only/,
    ),
  );
  await assert.rejects(tenant("create", "-f", pod("copied", { [label]: "r-1" })), /set by the operator only/);
  const labels = { metadata: { labels: { [label]: "r-2" } } };
  await operator.mergePatch(wellKnown.pods, { namespace: "default", name: "plain" }, labels);
  operator.close();
  await assert.rejects(
    tenant("label", "--overwrite", "pod", "plain", `${label}=r-3`),
    /set by the operator only/,
  );
  await assert.rejects(tenant("label", "pod", "plain", `${label}-`), /removed by the operator only/);
  await tenant("label", "pod", "plain", "team=a");
  await tenant("label", "pod", "plain", "team-");
  await kubernetes.kubectl(["label", "pod", "plain", `${label}-`]);
});

test("an agent reports for its own node, and for no other", { skip }, async () => {
  await kubernetes.kubectl(
    ["create", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } }),
  );
  const made = await kubernetes.kubectl(
    ["create", "-n", "meshwasm-system", "-o", "json", "-f", "-"],
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "agent" } },
      spec: {
        ...{ nodeName: "node-1", serviceAccountName: "meshwasm-agent" },
        containers: [{ name: "agent", image: "registry.example.com/agent" }],
      },
    }),
  );
  const { name, uid } = JSON.parse(made).metadata;
  const agent = await as("meshwasm-system", "meshwasm-agent", { name, uid });
  const unbound = await as("meshwasm-system", "meshwasm-agent");
  const report = (node: string) =>
    JSON.stringify({ apiVersion: "meshwasm.io/v1alpha1", kind: "NodeModules", metadata: { name: node } });
  await until(() => refused(agent("create", "-f", report("node-2")), /its own node only/));
  await assert.rejects(unbound("create", "-f", report("node-1")), /its own node only/);
  await agent("create", "-f", report("node-1"));
});

/** kubectl with the rights of an account; manifests as the last argument, after `-f`. */
async function as(namespace: string, serviceAccount: string, bound?: { name: string; uid: string }) {
  const kubeconfig = await kubernetes.kubeconfigFor({
    namespace,
    serviceAccount,
    ...(bound ? { pod: bound } : {}),
  });
  return (...args: string[]) => {
    const isManifest = args.at(-2) === "-f";
    const [all, input] = isManifest ? [[...args.slice(0, -1), "-"], args.at(-1)] : [args, undefined];
    return kubernetes.kubectl(["--kubeconfig", kubeconfig, ...all], input);
  };
}

/** The operator's own client: kubectl would ask for more than the operator may. */
async function clientOf(namespace: string, serviceAccount: string): Promise<KubeClient> {
  return new KubeClient(loadKubeConfig(await kubernetes.kubeconfigFor({ namespace, serviceAccount })));
}

function pod(name: string, labels: Record<string, string>): string {
  const spec = {
    serviceAccountName: "tenant",
    containers: [{ name: "app", image: "registry.example.com/app" }],
  };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec });
}

async function refused(work: Promise<unknown>, words: RegExp): Promise<boolean> {
  return work.then(
    () => false,
    (error: Error) => words.test(error.message),
  );
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(200)) {
    assert.ok(Date.now() < end, "the policy is not in force after 30 s");
  }
}
