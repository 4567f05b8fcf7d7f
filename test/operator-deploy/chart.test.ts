import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { operatorManifests } from "../../cli/src/mesh/manifests.js";
import { runProgram } from "../interop/run-program.js";
import { findTool } from "../parts/go-tools.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";
import { root } from "../rules/workspaces.js";

const chart = join(root, "registry-operator", "chart");
const helm = await findTool("helm");
const skip = (await requireKubernetes()) || (helm ? false : missingHelm());
let kubernetes: Kubernetes;

// biome-ignore lint/suspicious/noExplicitAny: manifests of all kinds.
type Manifest = any;

function missingHelm(): string {
  const reason = "no helm on this machine: npm run setup -- --mesh installs it";
  if (process.env.CI === "true") throw new Error(reason);
  return reason;
}

before(async () => {
  if (!skip) kubernetes = await startKubernetes();
});
after(() => kubernetes?.stop());

async function run(...args: string[]): Promise<string> {
  const env = { KUBECONFIG: kubernetes.kubeconfig, HELM_CACHE_HOME: kubernetes.folder };
  return (await runProgram(helm ?? "helm", [...args, "--namespace", "meshwasm-system"], { env })).toString();
}

const render = async (...flags: string[]): Promise<Manifest[]> =>
  documentsOf(await run("template", "meshwasm", chart, "--kube-version", "1.33.0", ...flags));

function documentsOf(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJSON())
    .filter(Boolean);
}

const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
const byName = (all: Manifest[]) => new Map(all.map((each) => [nameOf(each), each]));

test("helm finds nothing to complain about, and the versions are the package's", { skip }, async () => {
  assert.match(await run("lint", "--strict", chart), /0 chart\(s\) failed/);
  const [facts] = documentsOf(await readFile(join(chart, "Chart.yaml"), "utf8"));
  const { version } = JSON.parse(await readFile(join(chart, "..", "package.json"), "utf8"));
  assert.deepEqual([facts.version, facts.appVersion], [version, version]);
});

test("with its own values the chart is what `operator manifests` prints, but for the namespace", {
  skip,
}, async () => {
  const ours = documentsOf(await operatorManifests({})).filter(({ kind }) => kind !== "Namespace");
  const theirs = await render();
  for (const each of theirs) {
    if (each.kind !== "CustomResourceDefinition") continue;
    assert.deepEqual(each.metadata.annotations, { "helm.sh/resource-policy": "keep" });
    delete each.metadata.annotations;
  }
  assert.deepEqual([...byName(theirs).keys()].sort(), [...byName(ours).keys()].sort());
  for (const [name, each] of byName(ours)) assert.deepEqual(byName(theirs).get(name), each, name);
});

test("values reach the place that they are for", { skip }, async () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const sets = [
    ...["--set", `image.repository=registry.example.com/op,image.digest=${digest}`],
    ...["--set", "rootNamespace=mesh,webhook.enabled=false,podWebhook.enabled=false,crds.install=false"],
    ...["--set", "monitoring.podMonitor.enabled=true,monitoring.rules.enabled=true"],
    ...["--set", "monitoring.dashboard.enabled=true,operator.podAnnotations.a=b,agent.nodeSelector.c=d"],
    ...[
      "--set-json",
      'imagePullSecrets=[{"name":"s"}]',
      "--set-json",
      'operator.affinity={"nodeAffinity":{}}',
    ],
    ...["--set-json", 'operator.tolerations=[{"key":"k"}]', "--set-json", "agent.tolerations=[]"],
    ...["--set-json", 'agent.resources={"limits":{"memory":"1Gi"}}'],
  ];
  const all = byName(await render(...sets));
  const { template: operator } = all.get("Deployment meshwasm-operator").spec;
  const { template: agent } = all.get("DaemonSet meshwasm-agent").spec;
  for (const { spec } of [operator, agent]) {
    assert.equal(spec.containers[0].image, `registry.example.com/op@${digest}`);
    assert.deepEqual(spec.imagePullSecrets, [{ name: "s" }]);
  }
  assert.ok(operator.spec.containers[0].args.includes("--root-namespace=mesh"));
  assert.deepEqual(operator.metadata.annotations, { "sidecar.istio.io/inject": "false", a: "b" });
  assert.deepEqual(
    [operator.spec.tolerations, operator.spec.affinity, agent.spec.nodeSelector, agent.spec.tolerations],
    [[{ key: "k" }], { nodeAffinity: {} }, { c: "d" }, undefined],
  );
  assert.deepEqual(agent.spec.containers[0].resources.limits, { memory: "1Gi" });
  const kinds = [...all.values()].map(({ kind }) => kind);
  for (const kind of ["Validating", "Mutating"]) assert.ok(!kinds.includes(`${kind}WebhookConfiguration`));
  assert.ok(!kinds.includes("CustomResourceDefinition"));
  const monitoring = join(root, "registry-operator", "monitoring");
  for (const file of ["pod-monitor.yaml", "rules.yaml"]) {
    const [each] = documentsOf(await readFile(join(monitoring, file), "utf8"));
    assert.deepEqual(all.get(nameOf(each)), each);
  }
  const dashboard = await readFile(join(monitoring, "dashboard.json"), "utf8");
  assert.equal(all.get("ConfigMap meshwasm-dashboard").data["meshwasm.json"], dashboard);
});

const refused: [name: string, flags: string[], message: RegExp][] = [
  ["a value that nobody reads", ["--set", "operator.replicas=2"], /replicas/],
  ["a digest that is none", ["--set", "image.digest=latest"], /image[./]digest/],
  ["another namespace", ["--namespace", "default"], /meshwasm-system --create-namespace/],
  ["an old Kubernetes", ["--kube-version", "1.29.0"], />=1\.30/],
];
for (const [name, flags, message] of refused) {
  test(`refused: ${name}`, { skip }, async () => {
    const args = [
      "template",
      "meshwasm",
      chart,
      "--kube-version",
      "1.33.0",
      "--namespace",
      "meshwasm-system",
    ];
    await assert.rejects(runProgram(helm ?? "helm", [...args, ...flags]), message);
  });
}

test("installed, upgraded and uninstalled on a real API server: the custom resources stay, nothing else", {
  skip,
}, async () => {
  const upgrade = (...flags: string[]) =>
    run("upgrade", "--install", "meshwasm", chart, "--create-namespace", ...flags);
  await upgrade();
  await upgrade("--set", "rootNamespace=mesh");
  const deployment = JSON.parse(
    await kubernetes.kubectl(["get", "-n", "meshwasm-system", "deployment/meshwasm-operator", "-o", "json"]),
  );
  assert.ok(deployment.spec.template.spec.containers[0].args.includes("--root-namespace=mesh"));
  await run("uninstall", "meshwasm");
  const left = await kubernetes.kubectl([
    "get",
    [
      ...["crd", "clusterrole", "clusterrolebinding", "validatingadmissionpolicy"],
      ...["validatingwebhookconfiguration", "mutatingwebhookconfiguration"],
    ].join(),
    ...["-o", "name"],
  ]);
  const ours = left.split("\n").filter((line) => line.includes("meshwasm"));
  assert.equal(ours.length, 3, ours.join("\n"));
  for (const line of ours) assert.match(line, /^customresourcedefinition/);
});
