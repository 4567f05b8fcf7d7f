import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { Gateway, gatewayTemplate } from "./gateway.js";
import { store } from "./hand-written.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import { isReady } from "./workload.js";

const { skip, all } = await operatedForTests();

test("a workload that must not be restarted has the filter with the next pod; its template stays as it is", {
  skip,
}, async () => {
  const { api } = all.mesh.kube;
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  const deployment = `/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`;
  const { generation } = (await api.get(deployment)).metadata;
  await scene.enable(all.v1, {}, { delivery: { restart: "Never" } });
  const condition = await scene.reason("Mounted", "RestartNeeded");
  assert.match(
    condition.message,
    /^0 of 1 pods have the mount; .*\/Deployment\/web: its pods get the mount when they are/,
  );
  const [old] = await scene.web.ready();
  assert.equal(await scene.greeting(old!), null);
  assert.deepEqual((await api.get(scene.envoyFilters)).items.map(nameOf).filter(isSlot), [], "no slot yet");

  await api.delete(`/api/v1/namespaces/${scene.namespace}/pods/${nameOf(old!)}`);
  const { status } = await scene.filterReady();
  assert.deepEqual([status.workloads.mounted, status.workloads.ready], [1, 1]);
  const mounted = status.conditions.find(({ type }: KubeObject) => type === "Mounted");
  assert.equal(mounted.message, "1 of 1 pods have the mount, 1 of them since they were made");
  const [pod] = await scene.web.ready();
  assert.notEqual(nameOf(pod!), nameOf(old!));
  assert.equal(await scene.greeting(pod!), "one world");
  assert.equal((await api.get(deployment)).metadata.generation, generation);

  // What comes while nobody answers for pods has no mount. It is held, and replaced.
  await all.operator.kill();
  await api.delete(`/api/v1/namespaces/${scene.namespace}/pods/${nameOf(pod!)}`);
  const held = await until("another pod comes", async () => {
    const [only, ...more] = await scene.web.pods();
    return only && more.length === 0 && nameOf(only) !== nameOf(pod!) && only;
  });
  assert.deepEqual(storeVolumes(held), []);
  await all.operator.start();
  const third = await until(
    "it was replaced by one that is ready",
    async () => {
      const [only, ...more] = await scene.web.ready();
      return only && more.length === 0 && nameOf(only) !== nameOf(held) && only;
    },
    180,
  );
  assert.equal(await scene.greeting(third), "one world");
  await scene.filterReady();

  // Gone, it leaves what only a restart takes away.
  await api.delete(scene.path);
  await until("the FilterDeployment is gone", async () => !(await api.find(scene.path)));
  await api.delete(`/api/v1/namespaces/${scene.namespace}/pods/${nameOf(third)}`);
  const next = await until("another pod is ready", async () => {
    const [only, ...more] = await scene.web.ready();
    return only && more.length === 0 && nameOf(only) !== nameOf(third) && only;
  });
  assert.deepEqual(storeVolumes(next), []);
  assert.equal(await scene.greeting(next), null);
  assert.equal((await api.get(deployment)).metadata.generation, generation);
});

test("a pod that nobody makes anew has the filter when it comes after it, and is told of when it was before", {
  skip,
}, async () => {
  const { api } = all.mesh.kube;
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  const pods = `/api/v1/namespaces/${scene.namespace}/pods`;
  const make = (name: string) =>
    api.create(pods, {
      metadata: { name, labels: { app: "alone" } },
      spec: { containers: [{ name: "app", image: "registry.example.com/echo:1" }] },
    });
  const ready = (name: string) =>
    until(`pod ${name} is ready`, async () => {
      const pod = await api.get(`${pods}/${name}`);
      return isReady(pod) && pod;
    });
  await make("before");
  const before = await ready("before");
  const spec = { workloadSelector: { matchLabels: { app: "alone" } } };
  await scene.enable(all.v1, {}, spec);
  const condition = await scene.reason("Mounted", "RestartNeeded");
  assert.match(condition.message, /; pod test-\d+\/before: it gets the mount when it is made anew$/);
  assert.deepEqual(storeVolumes(before), []);

  await make("after");
  const pod = await ready("after");
  assert.equal(storeVolumes(pod).length, 1);
  assert.equal(await scene.greeting(pod), "one world");
  assert.equal(await scene.greeting(await ready("before")), null);
  await api.delete(`${pods}/before`);
  await scene.filterReady();
});

test("a gateway, whose injection ignores the annotations, has the filter with the next pod", {
  skip,
}, async () => {
  const { mesh } = all;
  const { api } = mesh.kube;
  const scene = await Scene.make(mesh, { replicas: 1 });
  const gateway = await Gateway.make(mesh, scene.namespace);
  const [old] = await gateway.pods();
  const spec = { workloadSelector: gateway.selector, traffic: { direction: "Gateway" } };
  await scene.enable(all.v1, {}, spec);
  const condition = await scene.reason("Mounted", "RestartNeeded");
  assert.match(
    condition.message,
    /^0 of 1 pods have the mount; pod .*: it gets the mount when it is made anew$/,
  );
  assert.deepEqual((await api.get(scene.envoyFilters)).items.map(nameOf).filter(isSlot), [], "no slot yet");

  await api.delete(`/api/v1/namespaces/${scene.namespace}/pods/${nameOf(old!)}`);
  const pod = await until("another gateway is ready", async () => {
    const [only, ...more] = await gateway.pods();
    return only && more.length === 0 && nameOf(only) !== nameOf(old!) && only;
  });
  assert.equal(storeVolumes(pod).length, 1);
  await gateway.listen(pod);
  const { status } = await scene.filterReady();
  assert.deepEqual([status.workloads.matched, status.workloads.ready], [1, 1]);
  assert.deepEqual(await gateway.ask(pod), { status: 200, greeting: "one world" });
  await scene.enable(all.v2, {}, spec);
  await until("it runs the second version", async () => (await gateway.ask(pod)).greeting === "two world");
  await scene.filterReady();
  // The workloads behind it are not for this filter.
  const [web] = await scene.web.ready();
  assert.equal(await scene.greeting(web!), null);

  await api.delete(scene.path);
  await until("the FilterDeployment is gone", async () => !(await api.find(scene.path)));
  await until("it serves without the filter", async () => {
    const { status, greeting } = await gateway.ask(pod);
    return status === 200 && greeting === null;
  });
});

test("one mount and one volume, on whichever side of Istio's injection it runs", { skip }, async (t) => {
  const { api } = all.mesh.kube;
  const configurations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  await scene.enable(all.v1, {}, { workloadSelector: { matchLabels: { app: "alone" } } });
  await scene.reason("Loaded", "NoPods");
  const edge = scene.path.replace(/hello$/, "edge");
  await api.apply(edge, {
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment" },
    ...{ metadata: { name: "edge", namespace: scene.namespace } },
    spec: { filter: { image: all.v1 }, traffic: { direction: "Gateway" } },
  });
  await until("the gateways' filter is resolved", async () => (await api.get(edge)).status?.revision);
  const pods = [
    {
      metadata: { name: "alone", labels: { app: "alone" } },
      spec: { containers: [{ name: "app", image: "registry.example.com/echo:1" }] },
    },
    { metadata: { name: "edge", ...gatewayTemplate.metadata }, spec: gatewayTemplate.spec },
  ];
  const make = (pod: object = pods[0]!) =>
    api.create(`/api/v1/namespaces/${scene.namespace}/pods?dryRun=All`, pod);
  const injector = await api.get(`${configurations}/istio-sidecar-injector`);
  const ours = await api.get(`${configurations}/meshwasm`);
  const reinvoke = (reinvocationPolicy: string) =>
    api.patch(`${configurations}/istio-sidecar-injector`, {
      webhooks: injector.webhooks.map((each: KubeObject) => ({ ...each, reinvocationPolicy })),
    });
  const first = async () => {
    await api.create(configurations, { metadata: { name: "a-meshwasm" }, webhooks: ours.webhooks });
    // Now the pod is asked about before it has a sidecar, and gets the annotations.
    await until(
      "it comes first",
      async () => (await make()).metadata.annotations["sidecar.istio.io/userVolume"],
    );
  };
  t.after(async () => {
    await api.delete(`${configurations}/a-meshwasm`);
    await reinvoke("Never");
  });
  for (const [policy, change] of [
    ["Never", async () => {}],
    ["IfNeeded", async () => {}],
    ["IfNeeded", first],
    ["Never", async () => {}],
  ] as const) {
    await reinvoke(policy);
    await change();
    for (const pod of pods) {
      const made = await make(pod);
      assert.equal(storeVolumes(made).length, 1);
      const { containers, initContainers = [] } = made.spec;
      const [proxy] = [...initContainers, ...containers].filter(({ name }) => name === "istio-proxy");
      const mounts = proxy.volumeMounts.filter(({ mountPath }: KubeObject) => mountPath === store);
      assert.equal(mounts.length, 1);
      assert.equal(mounts[0].name, storeVolumes(made)[0].name);
    }
  }
});

function storeVolumes({ spec }: KubeObject): KubeObject[] {
  return spec.volumes.filter(({ hostPath }: KubeObject) => hostPath?.path === store);
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name;
}

function isSlot(name: string): boolean {
  return name.endsWith("-slot");
}
