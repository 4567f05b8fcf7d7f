import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runCli } from "../cli/run-cli.js";
import { until } from "../mesh/until.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";

const skip = await requireKubernetes();
let kubernetes: Kubernetes;

before(async () => {
  if (!skip) kubernetes = await startKubernetes({ controllerManager: true });
});
after(() => kubernetes?.stop());

test("what the CLI prints installs and uninstalls: nothing of it is left", { skip }, async () => {
  const { stdout, code, all } = await runCli(["operator", "manifests"]);
  assert.equal(code, 0, all);
  const before = await objects();
  await kubernetes.kubectl(["apply", "--server-side", "-f", "-"], stdout);
  const installed = (await objects()).filter((each) => !before.includes(each));
  for (const kind of [
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
  ]) {
    assert.ok(
      installed.some((each) => each.startsWith(`${kind} `)),
      `${kind}: ${installed.join("\n")}`,
    );
  }
  await kubernetes.kubectl(["delete", "--wait=false", "-f", "-"], stdout);
  await until("all of it is gone", async () => {
    const left = (await objects()).filter((each) => !before.includes(each));
    if (left.length > 0) throw new Error(left.join("\n"));
    return true;
  });
});

/** What is in the cluster, of the kinds that an installation has. */
async function objects(): Promise<string[]> {
  const kinds = [
    ...["namespaces", "customresourcedefinitions", "clusterroles", "clusterrolebindings"],
    ...[
      "validatingwebhookconfigurations",
      "mutatingwebhookconfigurations",
      "validatingadmissionpolicies",
      "validatingadmissionpolicybindings",
    ],
  ];
  const cluster = await kubernetes.kubectl(["get", kinds.join(), "-o", "json"]);
  const inside = ["roles", "rolebindings", "deployments", "daemonsets", "services"];
  const namespaced = await kubernetes.kubectl(["get", "-A", inside.join(), "-o", "json"]);
  return [cluster, namespaced].flatMap((text) =>
    JSON.parse(text).items.map(
      ({ kind, metadata }: { kind: string; metadata: { namespace?: string; name: string } }) =>
        `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    ),
  );
}
