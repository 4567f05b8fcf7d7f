import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { testFailed } from "../parts/test-failed.js";
import { pushHello } from "./filters.js";
import { type Mesh, startMesh } from "./mesh.js";
import { type RunningOperator, startOperator } from "./operator.js";
import { requireMesh } from "./require-mesh.js";
import { until } from "./until.js";
import type { Workload } from "./workload.js";

const skip = await requireMesh();

let mesh: Mesh;
let operator: RunningOperator;
let v1: string;
let v2: string;
let failed = false;

before(async () => {
  if (skip) return;
  mesh = await startMesh({ nodes: 2 });
  try {
    operator = await startOperator(mesh);
    v1 = await pushHello(mesh, { version: "1.0.0", prefix: "one " });
    v2 = await pushHello(mesh, { version: "2.0.0", prefix: "two " });
  } catch (error) {
    await mesh.stop({ keepLogs: true });
    throw error;
  }
});
afterEach((t) => {
  failed ||= testFailed(t);
});
after(() => mesh?.stop({ keepLogs: failed }));

test("enabled: pulled, on the nodes, mounted, loaded by the Envoys, and proven", { skip }, async () => {
  const { namespace, web } = await workload();
  await apply(namespace, filterDeployment(v1));
  const { status } = await ready(namespace);
  assert.equal(status.workloads.matched, 2);
  assert.equal(status.workloads.ready, 2);
  assert.match(status.resolvedDigest, /^sha256:[0-9a-f]{64}$/);
  for (const pod of await web.ready()) assert.equal(await greeting(pod), "one world");
});

test("upgraded under load: no request fails, no connection closes", { skip }, async () => {
  const { namespace, web } = await workload();
  await apply(namespace, filterDeployment(v1));
  await ready(namespace);
  const pods = await web.ready();
  const loads = pods.map((pod) => mesh.load(pod));
  for (const [image, greeted, says] of [
    [v2, "all", "two all"],
    [v1, "some", "one some"],
    [v1, "more", "one more"],
  ] as const) {
    await apply(namespace, filterDeployment(image, { greeting: greeted }));
    for (const pod of pods) await until(`the answer is ${says}`, async () => (await greeting(pod)) === says);
    await ready(namespace);
  }
  for (const load of loads) {
    const { requests, failed, closed, failures } = await load.stop();
    assert.deepEqual({ failed, closed, failures }, { failed: 0, closed: 0, failures: [] });
    assert.ok(requests > 100, `only ${requests} requests`);
  }
  const names = (all: KubeObject[]) => all.map(({ metadata }) => metadata.name);
  assert.deepEqual(names(await web.pods()), names(pods), "no pod was replaced");
});

test("deleted: nothing is left, and the app serves without the filter", { skip }, async () => {
  const { namespace, web } = await workload();
  await apply(namespace, filterDeployment(v1));
  await ready(namespace);
  await mesh.kube.api.delete(filterPath(namespace));
  await until("the FilterDeployment is gone", async () => !(await mesh.kube.api.find(filterPath(namespace))));
  const filters = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/envoyfilters`;
  assert.deepEqual((await mesh.kube.api.get(filters)).items, []);
  const pods = await until("the pods have no trace", async () => {
    const all = await web.ready();
    return all.every((pod) => traces(pod).length === 0) && all;
  });
  for (const pod of pods) {
    assert.equal(await greeting(pod), null);
    const metrics = [...(await mesh.stats(pod)).keys()];
    assert.deepEqual(
      metrics.filter((name) => name.startsWith("envoy_wasm_meshwasm")),
      [],
    );
  }
});

test("the operator killed in the middle of enabling and of upgrading converges", { skip }, async () => {
  const { namespace, web } = await workload();
  for (const [round, image] of [v1, v2, v1, v2].entries()) {
    await apply(namespace, filterDeployment(image, { greeting: String(round) }));
    // Each time a little later in its work.
    await new Promise((resolve) => setTimeout(resolve, 150 * round));
    await operator.kill();
    await operator.start();
  }
  await until("it leads again", () => operator.leads());
  await ready(namespace);
  for (const pod of await web.ready()) assert.equal(await greeting(pod), "two 3");
});

test("a node that comes later has the module before a pod on it is served", { skip }, async () => {
  const { namespace, web } = await workload();
  await apply(namespace, filterDeployment(v1));
  await ready(namespace);
  // Pods that come when the mount and the slot are there already.
  const scale = { spec: { replicas: 4 } };
  await mesh.kube.api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/web`, scale);
  const pods = await web.ready();
  assert.equal(pods.length, 4);
  for (const pod of pods) assert.equal(await greeting(pod), "one world");
  await until("the status counts them", async () => (await ready(namespace)).status.workloads.ready === 4);
});

test("what is wrong with an image is said, and the mesh stays as it is", { skip }, async () => {
  const { namespace, web } = await workload();
  await apply(namespace, filterDeployment(`${mesh.registry.host}/filters/absent:1.0.0`));
  const condition = await until("the condition says so", async () => {
    const resolved = conditionOf(await mesh.kube.api.get(filterPath(namespace)), "Resolved");
    return resolved?.status === "False" && resolved;
  });
  assert.notEqual(condition.reason, "");
  assert.match(condition.message, /filters\/absent/);
  const [pod] = await web.ready();
  assert.deepEqual(traces(pod), []);
  assert.equal(await greeting(pod), null);
});

async function workload(): Promise<{ namespace: string; web: Workload }> {
  const namespace = await mesh.namespace();
  return { namespace, web: await mesh.deploy({ namespace, name: "web", replicas: 2 }) };
}

function filterPath(namespace: string): string {
  return `/apis/meshwasm.io/v1alpha1/namespaces/${namespace}/filterdeployments/hello`;
}

function filterDeployment(image: string, config?: object): KubeObject {
  return {
    filter: { image, rootId: "hello", ...(config ? { config } : {}) },
    workloadSelector: { matchLabels: { app: "web" } },
  };
}

async function apply(namespace: string, spec: KubeObject): Promise<void> {
  const object = { apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment", spec };
  await mesh.kube.api.apply(filterPath(namespace), { ...object, metadata: { name: "hello", namespace } });
}

function conditionOf({ status }: KubeObject, type: string): KubeObject | undefined {
  return (status?.conditions ?? []).find((each: KubeObject) => each.type === type);
}

/** Waits until the FilterDeployment says of its newest generation that it is ready. */
function ready(namespace: string): Promise<KubeObject> {
  return until(`${namespace}/hello is ready`, async () => {
    const object = await mesh.kube.api.get(filterPath(namespace));
    const is = conditionOf(object, "Ready");
    const current = is?.observedGeneration === object.metadata.generation;
    if (is?.status === "True" && current) return object;
    throw new Error(JSON.stringify(object.status?.conditions));
  });
}

/** The header that the filter adds; null: no filter. */
async function greeting(pod: KubeObject): Promise<string | null> {
  const response = await mesh.request(pod);
  await response.text();
  assert.equal(response.status, 200);
  return response.headers.get("x-hello");
}

/** What of us is on a pod. */
function traces({ metadata }: KubeObject): string[] {
  const names = [
    ...Object.keys(metadata.labels ?? {}),
    ...Object.entries(metadata.annotations ?? {}).map(String),
  ];
  return names.filter((name) => /(?<!test\.)meshwasm/.test(name));
}
