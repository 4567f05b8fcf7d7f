import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Registry, startRegistry } from "@meshwasm/oras/registry";
import { filterModule, pushFilter } from "../../registry-operator/src/modules/testing/filters.js";
import { until } from "../mesh/until.js";
import { type Cluster, requireCluster, startCluster } from "../operator/cluster.js";
import type { KubeObject } from "../parts/kube-api.js";
import { root } from "../rules/workspaces.js";
import { startLateInjector } from "./late-injector.js";
import { type InProcessOperator, runOperator, stopAll } from "./run-operator.js";

const skip = await requireCluster();
const namespace = "meshwasm-system";
const configuration = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/meshwasm";
const file = join(root, "registry-operator", "deploy", "pod-webhook.yaml");
const storeDir = "/var/local/lib/wasm-filters";
const proxy = { name: "istio-proxy", image: "registry.example.com/proxy", args: ["proxy", "sidecar"] };
const app = { name: "app", image: "registry.example.com/app" };

let cluster: Cluster;
let registry: Registry;
let folder: string;
let image: string;
let operator: InProcessOperator;

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "meshwasm-pod-webhook-"));
  cluster = await startCluster();
  registry = await startRegistry();
  image = `${registry.host}/filters/limit:1.0.0`;
  await pushFilter(image, filterModule(), {
    files: { "filter.yaml": "name: limit\nversion: 1.0.0\nkind: http\nrootId: limit\n" },
  });
  await cluster.kube.kubectl(["apply", "--server-side", "-k", join(root, "registry-operator", "deploy")]);
  for (const [name, labels] of Object.entries({
    shop: {},
    strict: { "pod-security.kubernetes.io/enforce": "baseline" },
    excluded: { "meshwasm.io/mount": "false" },
  })) {
    await makeNamespace(name, { "istio-injection": "enabled", ...labels });
    await enable(name, "sidecars", {});
    await enable(name, "gateways", { traffic: { direction: "Gateway" } });
  }
  operator = await runOperator(cluster, folder);
});

after(() => stopAll({ operator, registry, cluster, folder }));

test("the operator writes its authority here too, and an upgrade takes nothing away", { skip }, async () => {
  const { api } = cluster.kube;
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/meshwasm-ca`);
  await cluster.kube.kubectl(["apply", "--server-side", "-f", file]);
  const [webhook, ...more] = (await api.get(configuration)).webhooks;
  assert.deepEqual(more, []);
  assert.equal(Buffer.from(webhook.clientConfig.caBundle, "base64").toString(), data["ca.crt"]);
  assert.deepEqual(
    [webhook.failurePolicy, webhook.timeoutSeconds, webhook.reinvocationPolicy, webhook.sideEffects],
    ["Ignore", 2, "IfNeeded", "None"],
  );
  await lookAt(operator.webhook);
});

test("a pod that is injected already gets volume and mount, once", { skip }, async () => {
  const { spec, metadata } = await make({ spec: { containers: [app, proxy] } });
  const [mounted, ...others] = mountsOf(spec.containers[1]);
  assert.deepEqual(
    [mounted, others],
    [{ name: "meshwasm-filters", mountPath: storeDir, readOnly: true }, []],
  );
  assert.deepEqual(volumesOf(spec), [
    { name: "meshwasm-filters", hostPath: { path: storeDir, type: "DirectoryOrCreate" } },
  ]);
  assert.deepEqual(mountsOf(spec.containers[0]), [], "the app's container has nothing to do with it");
  assert.equal(metadata.annotations["meshwasm.io/mounted"], "on-creation");
});

test("native sidecars, gateways and pods that other mounts are in get it too", { skip }, async () => {
  const native = await make({
    spec: { containers: [app], initContainers: [{ ...proxy, restartPolicy: "Always" }] },
  });
  assert.equal(mountsOf(native.spec.initContainers[0]).length, 1);
  const gateway = { ...proxy, args: ["proxy", "router"] };
  assert.equal(mountsOf((await make({ spec: { containers: [gateway] } })).spec.containers[0]).length, 1);
  const volumes = [{ name: "meshwasm-filters", emptyDir: {} }];
  const full = { ...proxy, volumeMounts: [{ name: "meshwasm-filters", mountPath: "/data" }] };
  const { spec } = await make({ spec: { containers: [full], volumes } });
  assert.deepEqual(
    mountsOf(spec.containers[0]).map(({ name, mountPath }) => `${name} ${mountPath}`),
    ["meshwasm-filters /data", `meshwasm-filters-2 ${storeDir}`],
  );
  const taken = { ...proxy, volumeMounts: [{ name: "meshwasm-filters", mountPath: storeDir }] };
  const left = await make({ spec: { containers: [taken], volumes } });
  assert.equal(mountsOf(left.spec.containers[0]).length, 1);
  assert.equal(left.metadata.annotations, undefined);
});

test("a pod whose injection is still to come gets the annotations; one that will have none gets nothing", {
  skip,
}, async () => {
  const plain = { spec: { containers: [app] } };
  const { annotations } = (await make(plain)).metadata;
  assert.deepEqual(Object.keys(JSON.parse(annotations["sidecar.istio.io/userVolume"])), ["meshwasm-filters"]);
  const without = { metadata: { labels: { "sidecar.istio.io/inject": "false" } }, ...plain };
  assert.equal((await make(without)).metadata.annotations, undefined);
  const annotated = { metadata: { annotations: { "sidecar.istio.io/inject": "false" } }, ...plain };
  assert.deepEqual((await make(annotated)).metadata.annotations, annotated.metadata.annotations);
  assert.equal((await make({ spec: { ...plain.spec, hostNetwork: true } })).metadata.annotations, undefined);
});

test("asked again when somebody else's webhook changed the pod after us", { skip }, async (t) => {
  // Istio's injection, where its configuration comes later by name.
  const injector = await startLateInjector(cluster, proxy);
  t.after(() => injector.close());
  const labels = { "test.meshwasm.io/late": "true" };
  const made = await until("the injector is asked", async () => {
    const pod = await make({ metadata: { labels }, spec: { containers: [app] } });
    return injector.asked > 0 && pod;
  });
  assert.deepEqual(
    made.spec.containers.map(({ name }: KubeObject) => name),
    ["app", "istio-proxy"],
  );
  // This one does not read the annotations, as a gateway's does not.
  assert.equal(mountsOf(made.spec.containers[1]).length, 1);
});

test("where Pod Security refuses the store it is the image; nothing is added where it was opted out", {
  skip,
}, async () => {
  const injected = { spec: { containers: [app, proxy] } };
  const { resolved } = (await cluster.kube.api.get(`${filters("strict")}/sidecars`)).status;
  const reference = `${registry.host}/filters/limit@${resolved.manifestDigest}`;
  const onlyImage = async () => {
    const volumes = volumesOf((await make(injected, "strict")).spec);
    assert.deepEqual(
      volumes.map((volume: KubeObject) => [volume.image?.reference, volume.hostPath]),
      [[reference, undefined]],
    );
  };
  await onlyImage();
  assert.deepEqual(volumesOf((await make(injected, "excluded")).spec), []);
  const labels = { "meshwasm.io/mount": "false" };
  assert.deepEqual(volumesOf((await make({ metadata: { labels }, ...injected })).spec), []);
  // Also when the selector of the configuration was taken away by hand.
  await cluster.kube.kubectl(["label", "namespace", "excluded", "meshwasm.io/mount-"]);
  await until(
    "the namespace is let in",
    async () => volumesOf((await make(injected, "excluded")).spec).length === 1,
  );
  const { api } = cluster.kube;
  const [webhook] = (await api.get(configuration)).webhooks;
  await api.patch(configuration, { webhooks: [{ ...webhook, namespaceSelector: {} }] });
  await onlyImage();
});

test("pods of a Deployment are mounted with their template, unless it must not be touched", {
  skip,
}, async () => {
  const controller = { controller: true, blockOwnerDeletion: false };
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-7d9f", uid: "u", ...controller };
  const metadata = (of: string) => ({
    labels: { of, "pod-template-hash": "7d9f" },
    ownerReferences: [owner],
  });
  await enable("shop", "untouched", {
    workloadSelector: { matchLabels: { of: "untouched" } },
    delivery: { restart: "Never" },
  });
  const spec = { containers: [app, proxy] };
  await until("the filter has something to run", async () => {
    const { status } = await cluster.kube.api.get(`${filters("shop")}/untouched`);
    return status?.revision;
  });
  assert.deepEqual(volumesOf((await make({ metadata: metadata("others"), spec })).spec), []);
  await until("the webhook knows it", async () => {
    return volumesOf((await make({ metadata: metadata("untouched"), spec })).spec).length === 1;
  });
});

test("of many pods that come at once each one gets it", { skip }, async () => {
  const spec = { containers: [app, proxy] };
  const all = await Promise.all(Array.from({ length: 200 }, () => make({ spec })));
  assert.equal(all.filter((pod) => volumesOf(pod.spec).length === 1).length, all.length);
});

test("without the operator pods are made as they are", { skip }, async () => {
  await operator.stop();
  const { spec } = await make({ spec: { containers: [app, proxy] } });
  assert.deepEqual(volumesOf(spec), []);
  operator = await runOperator(cluster, folder);
  await lookAt(operator.webhook);
});

function filters(where: string): string {
  return `/apis/meshwasm.io/v1alpha1/namespaces/${where}/filterdeployments`;
}

async function makeNamespace(name: string, labels: Record<string, string>): Promise<void> {
  const { api } = cluster.kube;
  await api.create("/api/v1/namespaces", { metadata: { name, labels } });
  // The controller manager, which would make it, does not run here.
  await api.create(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } });
}

async function enable(where: string, name: string, spec: object): Promise<void> {
  await cluster.kube.api.create(filters(where), {
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment", metadata: { name } },
    spec: { filter: { image }, ...spec },
  });
}

/** What the API server makes of a pod, in a dry run. */
async function make(pod: { metadata?: object; spec: object }, where = "shop"): Promise<KubeObject> {
  const metadata = { generateName: "p-", ...pod.metadata };
  return cluster.kube.api.create(`/api/v1/namespaces/${where}/pods?dryRun=All`, { ...pod, metadata });
}

function mountsOf({ volumeMounts = [] }: KubeObject): KubeObject[] {
  return volumeMounts.filter(({ mountPath }: KubeObject) => !mountPath.startsWith("/var/run/secrets"));
}

function volumesOf({ volumes = [] }: KubeObject): KubeObject[] {
  return volumes.filter(({ name }: KubeObject) => !name.startsWith("kube-api-access"));
}

/**
 * No Service leads anywhere here: the API server is told the address, and to wait longer on a slow machine. All else stays as
 * it is shipped.
 */
async function lookAt(url: string): Promise<void> {
  const { api } = cluster.kube;
  const [{ clientConfig, ...webhook }] = (await api.get(configuration)).webhooks;
  const at = { caBundle: clientConfig.caBundle, url: `${url}/mutate-pods` };
  await api.patch(configuration, { webhooks: [{ ...webhook, clientConfig: at, timeoutSeconds: 30 }] });
  await until("the API server asks the webhook", async () => {
    const { spec } = await make({ spec: { containers: [app, proxy] } });
    return volumesOf(spec).length === 1;
  });
}
