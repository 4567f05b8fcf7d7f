import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { assertFailed, runCli, runJson } from "../cli/run-cli.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";
import { root } from "../rules/workspaces.js";

const deploy = join(root, "registry-operator", "deploy");
const skip = await requireKubernetes();
let kubernetes: Kubernetes;

// biome-ignore lint/suspicious/noExplicitAny: manifests of all kinds.
type Manifest = any;

before(async () => {
  if (skip) return;
  kubernetes = await startKubernetes();
  await kubernetes.kubectl(["create", "namespace", "istio-system"]);
  await kubernetes.kubectl(["apply", "--server-side", "--warnings-as-errors", "-k", deploy]);
});
after(() => kubernetes?.stop());

test("a second apply of the whole folder changes nothing", { skip }, async () => {
  const list = async () => {
    const text = await kubernetes.kubectl(["get", "-k", deploy, "-o", "json"]);
    return JSON.parse(text).items.map(
      ({ kind, metadata }: Manifest) => `${kind} ${metadata.name} ${metadata.generation}`,
    );
  };
  const first = await list();
  await kubernetes.kubectl(["apply", "--server-side", "--warnings-as-errors", "-k", deploy]);
  assert.deepEqual(await list(), first);
  assert.ok(first.length >= 20, first.join("\n"));
});

test("the API server accepts every file on its own, in a dry run, and every file is in the kustomization", {
  skip,
}, async () => {
  const { resources } =
    parseAllDocuments(await readFile(join(deploy, "kustomization.yaml"), "utf8"))[0]?.toJSON() ?? {};
  const files = (await readdir(deploy)).filter(
    (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
  );
  assert.deepEqual(files.sort(), resources.filter((each: string) => each !== "../crds").sort());
  for (const file of files) {
    const args = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--warnings-as-errors"];
    await kubernetes.kubectl([...args, "-f", join(deploy, file)]);
  }
});

test("the operator's roles are what src/kube says that it asks for, and nothing more", { skip }, async () => {
  const source = await readFile(join(root, "registry-operator", "src", "kube", "index.ts"), "utf8");
  const asked = [...source.matchAll(/^ \* \| ([^|]+)\| ([^|]+)\| ([^|]+)\| [^|]*\|$/gm)]
    .map((row) => row.slice(1).map((cell) => cell.trim()))
    .filter(([group = ""]) => group !== "group" && !group.startsWith("---"))
    .flatMap(([group = "", plural = "", verbs = ""]) =>
      grants(group.replaceAll('"', ""), plural.split(", "), verbs.split(", ")),
    );
  assert.ok(asked.length > 20, "the table in src/kube/index.ts was not found");
  const roles = await manifests("operator-roles.yaml");
  const granted = roles
    .flatMap(({ rules = [] }: Manifest) => rules)
    .flatMap((rule: Manifest) => grants(rule.apiGroups[0], rule.resources, rule.verbs));
  // What the authority and the module server ask for stands in src/certificates, and in src/webhook what that does.
  const own = [
    ...grants("authentication.k8s.io", ["tokenreviews"], ["create"]),
    ...grants("", ["secrets"], ["get", "create", "update"]),
    ...grants("", ["configmaps"], ["get", "create", "patch"]),
    ...grants(
      "admissionregistration.k8s.io",
      ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
      ["get", "patch"],
    ),
  ];
  assert.deepEqual([...new Set(granted)].sort(), [...new Set([...asked, ...own])].sort());
});

test("the API server lets the accounts do this, and not that", { skip }, async () => {
  const webhooks = ["admissionregistration.k8s.io", "validatingwebhookconfigurations"] as const;
  const podWebhooks = ["admissionregistration.k8s.io", "mutatingwebhookconfigurations"] as const;
  const cases: [
    account: string,
    allowed: boolean,
    verb: string,
    group: string,
    resource: string,
    namespace?: string | undefined,
    name?: string,
  ][] = [
    ["operator", true, "patch", "meshwasm.io", "filterdeployments/status", "shop"],
    ["operator", true, "delete", "networking.istio.io", "envoyfilters", "shop"],
    ["operator", true, "patch", "", "pods", "shop"],
    ["operator", true, "patch", "apps", "deployments", "shop"],
    ["operator", true, "get", "", "secrets", "shop", "regcred"],
    ["operator", true, "update", "", "secrets", "meshwasm-system", "meshwasm-authority"],
    ["operator", true, "create", "authentication.k8s.io", "tokenreviews"],
    ["operator", false, "list", "", "secrets", "shop"],
    ["operator", false, "update", "", "secrets", "meshwasm-system", "other"],
    ["operator", false, "create", "", "secrets", "shop"],
    ["operator", true, "delete", "", "pods", "shop"],
    ["operator", true, "patch", ...webhooks, undefined, "meshwasm"],
    ["operator", false, "patch", ...webhooks, undefined, "somebody-elses"],
    ["operator", false, "create", ...webhooks],
    ["operator", false, "delete", ...webhooks, undefined, "meshwasm"],
    ["operator", true, "patch", ...podWebhooks, undefined, "meshwasm"],
    ["operator", false, "patch", ...podWebhooks, undefined, "istio-sidecar-injector"],
    ["operator", false, "list", ...podWebhooks],
    ["operator", false, "create", "", "pods", "shop"],
    ["operator", false, "update", "apps", "deployments", "shop"],
    ["operator", false, "create", "meshwasm.io", "filterdeployments", "shop"],
    ["operator", false, "patch", "meshwasm.io", "nodemodules"],
    ["operator", false, "create", "rbac.authorization.k8s.io", "clusterrolebindings"],
    ["agent", true, "patch", "meshwasm.io", "nodemodules/status"],
    ["agent", true, "create", "", "events", "default"],
    ["agent", false, "get", "", "secrets", "meshwasm-system"],
    ["agent", false, "get", "", "pods", "shop"],
    ["agent", false, "delete", "meshwasm.io", "nodemodules"],
    ["agent", false, "patch", "", "nodes"],
    ["agent", false, "create", "networking.istio.io", "envoyfilters", "shop"],
  ];
  for (const [account, allowed, verb, group, path, namespace, name] of cases) {
    const [resource, subresource] = path.split("/");
    const { status } = await kubernetes.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: {
        user: `system:serviceaccount:meshwasm-system:meshwasm-${account}`,
        resourceAttributes: { verb, group, resource, subresource, namespace, name },
      },
    });
    assert.equal(status.allowed, allowed, `${account}: ${verb} ${path} ${namespace ?? ""} ${name ?? ""}`);
  }
});

test("what runs has no more rights on its node than it needs", { skip }, async () => {
  const all = [...(await manifests("operator.yaml")), ...(await manifests("agent.yaml"))];
  const pods = all.filter(({ kind }) => kind !== "Service").map(({ spec }) => spec.template.spec);
  assert.equal(pods.length, 2);
  for (const { securityContext, containers, hostNetwork, hostPID, volumes } of pods) {
    assert.equal(securityContext.seccompProfile.type, "RuntimeDefault");
    assert.ok(!hostNetwork && !hostPID);
    for (const container of containers) {
      assert.deepEqual(container.securityContext, {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      });
      assert.ok(container.resources.requests && container.resources.limits.memory);
    }
    const host = volumes.flatMap(({ hostPath }: Manifest) => hostPath?.path ?? []);
    assert.deepEqual(host, containers[0].name === "agent" ? ["/var/local/lib/wasm-filters"] : []);
  }
});

test("what the CLI prints is what is in deploy/ and crds/, and the API server takes it", {
  skip,
}, async () => {
  const { manifests, outfile } = (await import("../../registry-operator/manifests.mjs")) as Stream;
  assert.equal(await readFile(outfile, "utf8"), await manifests(), "npm run manifests -w registry-operator");
  const image = "registry.example.com/mirror/operator@sha256:0123";
  const { code, stdout, all } = await runCli([
    "operator",
    "manifests",
    "--image",
    image,
    "--root-namespace",
    "mesh",
  ]);
  assert.equal(code, 0, all);
  assert.equal(stdout.split(`image: ${image}\n`).length, 3);
  assert.match(stdout, /--root-namespace=mesh$/m);
  await kubernetes.kubectl(
    ["apply", "--server-side", "--dry-run=server", "--warnings-as-errors", "-f", "-"],
    stdout,
  );
  const { items } = await runJson<{ items: Manifest[] }>(["operator", "manifests"]);
  assert.deepEqual(
    items,
    parseAllDocuments(await manifests()).map((document) => document.toJSON()),
  );
  const bad = await runCli(["operator", "manifests", "--image", "a\nb: c"]);
  assertFailed(bad, { code: 2, message: /is no image/ });
});

interface Stream {
  manifests: () => Promise<string>;
  outfile: string;
}

function grants(group: string, plurals: string[], verbs: string[]): string[] {
  return plurals.flatMap((plural) => verbs.map((verb) => `${group}/${plural} ${verb}`));
}

async function manifests(file: string): Promise<Manifest[]> {
  return parseAllDocuments(await readFile(join(deploy, file), "utf8")).map((document) => document.toJSON());
}
