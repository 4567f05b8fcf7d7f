import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../parts/kube-api.js";
import { pushHello } from "./filters.js";
import { store } from "./hand-written.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import { isReady } from "./workload.js";

const { skip, all } = await operatedForTests();

/** A scene with the first version enabled and ready. */
async function enabled(filter: object = {}): Promise<Scene> {
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1, filter);
  await scene.filterReady();
  return scene;
}

async function operatorIsBack(): Promise<void> {
  await all.operator.start();
  await until("the operator leads", () => all.operator.leads());
}

test("a pod that comes while the operator is down is held, and served by the filter later", {
  skip,
}, async () => {
  const scene = await enabled();
  await all.operator.kill();
  await scene.scale(3);
  const late = await until("the third pod runs", async () =>
    (await scene.web.pods()).find((pod) => pod.status.phase === "Running" && !isReady(pod)),
  );
  // Its Envoy has long asked istiod for what it shall be.
  await sleep(3_000);
  const now = await all.mesh.kube.api.get(`/api/v1/namespaces/${scene.namespace}/pods/${late.metadata.name}`);
  assert.equal(isReady(now), false, "no pod serves without the filter");
  await operatorIsBack();
  await scene.everyPodSays("one world");
  assert.equal((await scene.filterReady()).status.workloads.ready, 3);
});

test("where the filter may be missing, such a pod serves without it at once", { skip }, async () => {
  const scene = await enabled({ failurePolicy: "FailOpen" });
  await all.operator.kill();
  await scene.scale(3);
  const pods = await scene.web.ready();
  assert.equal(await scene.greeting(pods.at(-1)!), null);
  await operatorIsBack();
  await scene.everyPodSays("one world");
});

test("API server and istiod restarted, the operator killed: traffic does not notice", { skip }, async () => {
  const { mesh, operator } = all;
  const scene = await enabled();
  await scene.underLoad(async () => {
    await operator.kill();
    await mesh.kube.restartApiServer();
    await operatorIsBack();
    await mesh.istiod.restart();
    await scene.enable(all.v2);
    await scene.everyPodSays("two world");
    await scene.filterReady();
  });
});

test("slot, content and labels that somebody takes away or edits come back", { skip }, async () => {
  const { api } = all.mesh.kube;
  const scene = await enabled();
  const written = async () => {
    const { items } = await api.get(scene.envoyFilters);
    return new Map<string, string>(
      items.map(({ metadata, spec }: { metadata: { name: string }; spec: object }) => [
        metadata.name,
        JSON.stringify(spec),
      ]),
    );
  };
  const before = await written();
  assert.equal(before.size, 3, "a slot, a content, and the one that does nothing");
  for (const name of before.keys()) {
    await api.delete(`${scene.envoyFilters}/${name}`);
    await until(`${name} is back`, async () => (await written()).get(name) === before.get(name));
    await api.patch(`${scene.envoyFilters}/${name}`, { spec: { configPatches: [] } });
    await until(`${name} is as it was`, async () => (await written()).get(name) === before.get(name));
  }
  await scene.everyPodSays("one world");
  await scene.filterReady();
});

test("a file of the store that is damaged or gone comes back, and later pods get it whole", {
  skip,
}, async () => {
  const { mesh } = all;
  const scene = await enabled();
  for (const [index, node] of mesh.nodes.entries()) {
    const folder = join(node.root, store);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
    assert.ok(names.length > 0);
    for (const name of names) {
      const path = join(folder, name);
      const good = await readFile(path);
      if (index === 0) await rm(path);
      else {
        await rm(path);
        await writeFile(path, good.subarray(1));
      }
      // An agent that starts looks at all that it has.
      await all.operator.kill(node);
      await all.operator.start(node);
      await until(`${name} is whole again`, async () => (await readFile(path)).equals(good));
    }
  }
  await scene.scale(4);
  await scene.everyPodSays("one world");
});

test("a registry that is down holds up nothing that runs, and is named", { skip }, async () => {
  const scene = await enabled();
  const gone = `127.0.0.1:1/filters/hello:3.0.0`;
  await scene.underLoad(async () => {
    await scene.enable(gone);
    const { message } = await scene.reason("Resolved", "RegistryUnreachable");
    assert.match(message, /127\.0\.0\.1:1/);
    await scene.scale(3);
    await scene.everyPodSays("one world");
  });
  await scene.enable(all.v2);
  await scene.everyPodSays("two world");
  await scene.filterReady();
});

test("a configuration that breaks the filter's schema changes nothing, and is named", { skip }, async () => {
  const scene = await enabled({ config: { greeting: "hello" } });
  // The webhook says it at once; where it could not be asked, the status does.
  const said = await scene.enable(all.v1, { config: { greeting: 7 } }).then(
    async () => (await scene.reason("Verified", "ConfigInvalid")).message,
    (error: Error) => error.message,
  );
  assert.match(said, /greeting must be string/);
  await scene.everyPodSays("one hello");
});

test("a configuration that the filter refuses leaves the last good one serving, and is named", {
  skip,
}, async () => {
  const scene = await enabled();
  await scene.underLoad(async () => {
    await scene.enable(all.v2, { config: { greeting: "refused" } });
    const { message } = await scene.reason("Loaded", "NotLoaded");
    assert.match(message, /web-/, "the pods are named");
    await scene.everyPodSays("one world");
    await scene.enable(all.v2, { config: { greeting: "taken" } });
    await scene.everyPodSays("two taken");
    await scene.filterReady();
  });
});

test("a version that traps on every request is undone by the version before", { skip }, async () => {
  const scene = await enabled();
  const [pod] = await scene.web.ready();
  await scene.enable(all.v2, { config: { greeting: "trap" } });
  await until("it traps", async () => (await all.mesh.request(pod!)).status === 503);
  await scene.enable(all.v1);
  await scene.everyPodSays("one world");
  await scene.filterReady();
});

test("where an agent is down a new module does not arrive, which is named, until it is back", {
  skip,
}, async () => {
  const { mesh, operator } = all;
  const scene = await enabled();
  const v3 = await pushHello(mesh, { version: "3.0.0", prefix: "three " });
  const node = mesh.nodes[0]!;
  await operator.kill(node);
  await scene.underLoad(async () => {
    await scene.enable(v3);
    const { message } = await scene.reason("Distributed", "NodesMissing");
    assert.match(message, new RegExp(node.name));
    for (const pod of await scene.web.ready()) {
      if (pod.spec.nodeName === node.name) assert.equal(await scene.greeting(pod), "one world");
    }
    await operator.start(node);
    await scene.everyPodSays("three world");
    await scene.filterReady();
  });
});

test("a policy that disables: every Envoy is without the filter at once, later pods too, and nothing closes", {
  skip,
}, async () => {
  const { kube } = all.mesh;
  const policies = "/apis/meshwasm.io/v1alpha1/filterpolicies";
  const policy = (spec: object) => ({
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterPolicy", metadata: { name: "off" }, spec },
  });
  const scene = await enabled();
  await scene.underLoad(async () => {
    await kube.api.create(policies, policy({ disabled: true }));
    await scene.everyPodSays(null);
    const { message } = await scene.reason("Ready", "Superseded");
    assert.match(message, /FilterPolicy off goes first/);
    await kube.api.delete(`${policies}/off`);
    await scene.everyPodSays("one world");
    await scene.filterReady();
  });
  await kube.api.create(policies, policy({ disabled: true, namespaces: [scene.namespace] }));
  await scene.everyPodSays(null);
  await scene.scale(3);
  await scene.everyPodSays(null);
  await kube.api.delete(`${policies}/off`);
  await scene.everyPodSays("one world");
});

test("with the operator gone for good, deleting the slot lets held pods serve without the filter", {
  skip,
}, async () => {
  const { kube } = all.mesh;
  const scene = await enabled();
  await all.operator.kill();
  await scene.scale(3);
  await until("the third pod runs", async () =>
    (await scene.web.pods()).find((pod) => pod.status.phase === "Running" && !isReady(pod)),
  );
  const { items } = await kube.api.get(scene.envoyFilters);
  const slot = items.find(({ metadata }: KubeObject) => metadata.name.endsWith("-slot"));
  await kube.api.delete(`${scene.envoyFilters}/${slot.metadata.name}`);
  await scene.everyPodSays(null);
  await operatorIsBack();
  await scene.filterReady();
  await scene.everyPodSays("one world");
});
