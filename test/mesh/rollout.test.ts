import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { testFailed } from "../parts/test-failed.js";
import { type Operated, startOperated } from "./operated.js";
import { requireMesh } from "./require-mesh.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";

const skip = await requireMesh();

let all: Operated;
let failed = false;

before(async () => {
  if (!skip) all = await startOperated();
});
afterEach((t) => {
  failed ||= testFailed(t);
});
after(() => all?.mesh.stop({ keepLogs: failed }));

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
