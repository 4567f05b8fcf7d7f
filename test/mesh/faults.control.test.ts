import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../parts/kube-api.js";
import { clocksForTests } from "./clocks.js";
import { pushHello } from "./filters.js";
import { store } from "./hand-written.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import { isReady } from "./workload.js";

// What controls the mesh: operators, nodes, the API server and its store.

const clocks = await clocksForTests();
const { skip, all } = await operatedForTests({ env: clocks.env });

/** What of us and of the workload is in a scene's namespace, each object with the version that its last write gave it. */
async function versions(scene: Scene): Promise<string[]> {
  const { api } = all.mesh.kube;
  const namespace = `/api/v1/namespaces/${scene.namespace}`;
  const lists = [
    scene.envoyFilters,
    scene.path.replace(/\/hello$/, ""),
    `${namespace}/pods`,
    `${namespace}/events`,
    namespace.replace("/api/v1", "/apis/apps/v1").concat("/deployments"),
    "/apis/meshwasm.io/v1alpha1/nodemodules",
  ];
  const found = await Promise.all(lists.map(async (path) => (await api.get(path)).items));
  return found.flat().map(({ metadata }: KubeObject) => `${metadata.name} ${metadata.resourceVersion}`);
}

test("of two operators one leads; the other takes over when it is killed, and writes nothing twice", {
  skip,
}, async () => {
  const { mesh, operator } = all;
  const scene = await Scene.make(mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  const other = await operator.addReplica();
  await scene.underLoad(async () => {
    const before = await versions(scene);
    await operator.kill();
    await until("the other one leads", () => operator.leads());
    // It looks at everything anew, and finds that nothing has to be written.
    await sleep(3_000);
    assert.deepEqual(await versions(scene), before);

    // In the middle of an upgrade, the other way.
    await operator.start();
    await scene.enable(all.v2);
    await operator.kill(other);
    await until("the first one leads", () => operator.leads());
    await scene.everyPodSays("two world");
    const { status } = await scene.filterReady();
    assert.equal(status.attempt, 1);
    const { items } = await mesh.kube.api.get(scene.envoyFilters);
    const contents = items.filter(({ metadata }: KubeObject) => metadata.name.endsWith(status.revision));
    assert.deepEqual(
      contents.map(({ metadata }: KubeObject) => metadata.generation),
      [1],
    );
  });
});

test("a node that comes while the operator is down: its pods are held, and served by the filter later", {
  skip,
}, async () => {
  const { mesh, operator } = all;
  const labels = { team: "a" };
  const scene = await Scene.make(mesh, { labels, replicas: 1 });
  await scene.enable(all.v1, {}, { workloadSelector: { matchLabels: labels } });
  await scene.filterReady();
  await operator.kill();
  const node = await mesh.addNode();
  await operator.addAgent(node);
  const late = await mesh.deploy({
    ...{ namespace: scene.namespace, name: "late", labels, node: node.name, replicas: 2, wait: false },
  });
  await until("its pods run", async () => {
    const pods = await late.pods();
    return pods.length === 2 && pods.every(({ status }) => status.phase === "Running");
  });
  await sleep(3_000);
  assert.ok(
    (await late.pods()).every((pod) => !isReady(pod)),
    "no pod serves without the filter",
  );
  await operator.start();
  for (const pod of await late.ready()) {
    assert.equal(pod.spec.nodeName, node.name);
    assert.equal(await scene.greeting(pod), "one world");
  }
  assert.equal((await scene.filterReady()).status.workloads.ready, 3);
});

test("the store of the API server forgets what everybody watched from: all is listed anew, and nothing is lost", {
  skip,
}, async () => {
  const { kube } = all.mesh;
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  await scene.underLoad(async () => {
    await kube.killApiServer();
    await kube.compactEtcd();
    await kube.restartApiServer();
    const old = await kube.api.getText("/api/v1/namespaces?watch=true&resourceVersion=1&timeoutSeconds=5");
    assert.match(old, /"code":410/, "older versions are forgotten");
    const [slot] = (await kube.api.get(scene.envoyFilters)).items.filter(({ metadata }: KubeObject) =>
      metadata.name.endsWith("-slot"),
    );
    const spec = JSON.stringify(slot.spec);
    await kube.api.patch(`${scene.envoyFilters}/${slot.metadata.name}`, { spec: { priority: 7 } });
    await until("an edited slot is put right", async () => {
      const now = await kube.api.get(`${scene.envoyFilters}/${slot.metadata.name}`);
      return JSON.stringify(now.spec) === spec;
    });
    await scene.enable(all.v2);
    await scene.everyPodSays("two world");
    await scene.filterReady();
  });
});

test("clocks that jump by an hour, forward and back, part nobody: new modules arrive, none in use goes", {
  skip: skip || clocks.missing,
}, async () => {
  const { mesh, operator } = all;
  const [node] = mesh.nodes;
  const scene = await Scene.make(mesh, { node: node!.name, replicas: 1 });
  await scene.enable(all.v1);
  await scene.filterReady();
  const leases = "/apis/coordination.k8s.io/v1/namespaces/meshwasm-system/leases/meshwasm-operator";
  const transitions = async () => (await mesh.kube.api.get(leases)).spec.leaseTransitions;
  const hour = 3_600;
  const stored = async () =>
    (await readdir(join(node!.root, store))).filter((name) => name.endsWith(".wasm"));
  const modules = (await stored()).length;
  const led = await transitions();
  let version = 0;
  await scene.underLoad(async () => {
    // Each new module needs the connection between agents and operator.
    const upgrade = async () => {
      const prefix = `number ${++version} `;
      await scene.enable(await pushHello(mesh, { version: `10.${version}.0`, prefix }));
      await scene.everyPodSays(`${prefix}world`);
      await scene.filterReady();
    };
    for (const seconds of [hour, 0]) {
      clocks.set("operator", seconds);
      await upgrade();
    }
    assert.equal(await transitions(), led, "the lease was kept");
    for (const seconds of [hour, 0]) {
      clocks.set(node!.name, seconds);
      await upgrade();
    }
    // What starts under another clock makes its certificates under it, and looks at others' so.
    clocks.set("operator", hour);
    await operator.kill();
    await operator.start();
    await upgrade();
    clocks.set("operator", 0);
    await operator.kill(node);
    await operator.start(node);
    await upgrade();
  });
  assert.equal((await stored()).length, modules + version, "what was in use is there");
});
