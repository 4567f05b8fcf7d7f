import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import type { Workload } from "./workload.js";

const { skip, all } = await operatedForTests();

/** Istio's proxy has a metric of its own for this; a plain Envoy counts requests in its connection manager. */
const annotations = {
  "sidecar.istio.io/statsInclusionSuffixes": "downstream_rq_completed,downstream_rq_5xx",
};

/** Four pods that run the first version. */
async function stable(): Promise<Scene> {
  const scene = await Scene.make(all.mesh, { replicas: 4, annotations });
  await scene.enable(all.v1);
  await scene.filterReady();
  return scene;
}

/** Which pods answer with which header of the filter's. */
async function sayings(scene: Scene): Promise<Map<string, string | null>> {
  const said = new Map<string, string | null>();
  for (const pod of await scene.web.ready()) said.set(pod.metadata.name, await scene.greeting(pod));
  return said;
}

/** Those that answer with this header. */
function saying(said: Map<string, string | null>, header: string): string[] {
  return [...said].filter(([, each]) => each === header).map(([pod]) => pod);
}

/** What the pods run by now no spec names: it comes back all the same when somebody takes it away or edits it. */
async function staysWhole(scene: Scene): Promise<void> {
  const { api } = all.mesh.kube;
  const { items } = await api.get(scene.envoyFilters);
  const { revision } = (await scene.filter()).status;
  const content = items.find(({ metadata }: KubeObject) => metadata.name.endsWith(revision));
  const path = `${scene.envoyFilters}/${content.metadata.name}`;
  const isBack = async () => JSON.stringify((await api.find(path))?.spec) === JSON.stringify(content.spec);
  await api.delete(path);
  await until("the content is back", isBack);
  await api.patch(path, { spec: { configPatches: [] } });
  await until("the content is as it was", isBack);
  await scene.everyPodSays("one world");
}

test("half of the pods first, held by a pause and over a restart of the operator, then all", {
  skip,
}, async () => {
  const { v2, operator } = all;
  const scene = await stable();
  await scene.underLoad(async () => {
    await scene.enable(v2, {}, { rollout: { steps: [{ share: "50%" }] } });
    await scene.reason("Ready", "RolloutPaused");
    const half = await sayings(scene);
    assert.deepEqual([saying(half, "one world").length, saying(half, "two world").length], [2, 2]);
    assert.equal((await scene.filter()).status.rollout.share, "50%");

    await operator.kill();
    await operator.start();
    await until("it leads again", () => operator.leads());
    // Paused by hand nothing goes on, though the step has ended.
    const ended = { rollout: { steps: [{ share: "50%", pause: "0s" }] } };
    await scene.enable(v2, {}, { ...ended, paused: true });
    await scene.reason("Ready", "Paused");
    assert.deepEqual(await sayings(scene), half, "the same pods");

    await scene.enable(v2, {}, ended);
    const { status } = await scene.filterReady();
    assert.deepEqual([status.rollout, status.lastGood], [undefined, status.revision]);
    assert.equal(saying(await sayings(scene), "two world").length, 4);
  });
});

test("a revision that crashes, fails or is refused goes back by itself, and the other pods never see it", {
  skip,
}, async () => {
  const { v2, mesh } = all;
  const scene = await stable();
  const steps = [{ share: "25%" }];
  for (const { filter, gate, says, failing } of [
    { filter: { config: { greeting: "trap" } }, gate: {}, says: /the filter's VM crashed/, failing: 1 },
    {
      filter: { config: { greeting: "trap" }, failurePolicy: "FailClosed" },
      gate: { minRequests: 20 },
      says: /answers are 5xx for .* and for 0\.0% of/,
      failing: 1,
    },
    {
      filter: { config: { greeting: "refused" } },
      gate: { loadDeadline: "5s" },
      says: /has not loaded it after \d+ s, and runs r-/,
      failing: 0,
    },
  ]) {
    const pods = await scene.web.ready();
    const loads = pods.map((pod) => mesh.load(pod));
    await scene.enable(v2, filter, { rollout: { steps, gate } });
    const { message } = await scene.reason("Ready", "RolledBack");
    assert.match(message, says);
    assert.ok(
      failing === 0 || pods.some(({ metadata }) => message.includes(`${scene.namespace}/${metadata.name}`)),
      message,
    );
    await scene.everyPodSays("one world");
    const results = await Promise.all(loads.map((load) => load.stop()));
    const broken = results.filter((result) => result.failed > 0);
    assert.equal(broken.length, failing, JSON.stringify(results));
    const { status } = await scene.filter();
    assert.deepEqual([status.rollout.phase, status.rollout.share], ["RolledBack", "0%"]);
    assert.deepEqual([status.revision, status.lastGood], [status.rollout.stable, status.rollout.stable]);
  }
  await staysWhole(scene);
  await scene.underLoad(async () => {
    await scene.enable(v2, {}, { rollout: { steps: [{ share: "25%", pause: "1s" }] } });
    await scene.filterReady();
    await scene.everyPodSays("two world");
  });
});

test("one workload first, also the pods that come to it later, then all; without pods nobody is given it untried", {
  skip,
}, async () => {
  const { mesh, v1, v2, operator } = all;
  const scene = await Scene.make(mesh, { annotations });
  const { namespace } = scene;
  const canary = await mesh.deploy({ namespace, name: "canary", annotations });
  const scale = (replicas: number) =>
    mesh.kube.api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/canary`, { spec: { replicas } });
  const both = { workloadSelector: undefined };
  const saidBy = async (workload: Workload) =>
    Promise.all((await workload.ready()).map((pod) => scene.greeting(pod)));
  await scene.enable(v1, {}, both);
  await scene.filterReady();

  const steps = (pause?: string) => ({
    ...both,
    rollout: { steps: [{ workloads: ["Deployment/canary"], ...(pause ? { pause } : {}) }] },
  });
  const loads = (await canary.ready()).map((pod) => mesh.load(pod));
  await scene.underLoad(async () => {
    await scene.enable(v2, {}, steps());
    await scene.reason("Ready", "RolloutPaused");
    assert.deepEqual(
      [await saidBy(canary), await saidBy(scene.web)],
      [["two world"], ["one world", "one world"]],
    );
    const { rollout } = (await scene.filter()).status;
    assert.deepEqual([rollout.workloads, rollout.share], [["Deployment/canary"], undefined]);

    await operator.kill();
    await operator.start();
    await until("it leads again", () => operator.leads());
    await scale(2);
    await until(
      "the pod that came runs it too",
      async () => (await saidBy(canary)).join() === "two world,two world",
    );
    assert.deepEqual(await saidBy(scene.web), ["one world", "one world"]);

    await scene.enable(v2, {}, steps("0s"));
    await scene.filterReady();
    assert.deepEqual(await saidBy(scene.web), ["two world", "two world"]);
  });
  for (const load of loads) {
    const { requests, ...rest } = await load.stop();
    assert.deepEqual(rest, { failed: 0, closed: 0, failures: [] });
    assert.ok(requests > 100, `only ${requests} requests`);
  }

  // What harms it there goes back by itself, and the other workload never sees it.
  const [tried] = await canary.ready();
  const harmed = mesh.load(tried!);
  await scene.underLoad(async () => {
    await scene.enable(v1, { config: { greeting: "trap" } }, steps());
    const { message } = await scene.reason("Ready", "RolledBack");
    assert.match(message, /the filter's VM crashed/);
    assert.ok(message.includes(`${namespace}/${tried?.metadata.name}`), message);
    await until("all run what they ran before", async () => {
      const said = [...(await saidBy(canary)), ...(await saidBy(scene.web))];
      return said.join() === "two world,two world,two world,two world";
    });
  });
  assert.ok((await harmed.stop()).failed > 0);

  await scale(0);
  await until("it has no pods", async () => (await canary.pods()).length === 0);
  await scene.underLoad(async () => {
    await scene.enable(v1, {}, steps("0s"));
    const { message } = await scene.reason("Ready", "RolloutNoPods");
    assert.match(message, /Deployment\/canary has no pod that could run it/);
    assert.deepEqual(await saidBy(scene.web), ["two world", "two world"]);
    await scale(1);
    await scene.filterReady();
    assert.deepEqual(
      [await saidBy(canary), await saidBy(scene.web)],
      [["one world"], ["one world", "one world"]],
    );
  });
});
