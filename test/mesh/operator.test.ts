import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../parts/kube-api.js";
import { inboundChain, istioSecurity } from "./chain.js";
import { pushHello } from "./filters.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";

const { skip, all } = await operatedForTests();

test("enabled: pulled, on the nodes, mounted, loaded by the Envoys, and proven", { skip }, async () => {
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1);
  const { status } = await scene.filterReady();
  assert.equal(status.workloads.matched, 2);
  assert.equal(status.workloads.ready, 2);
  assert.match(status.resolvedDigest, /^sha256:[0-9a-f]{64}$/);
  for (const pod of await scene.web.ready()) assert.equal(await scene.greeting(pod), "one world");
});

test("upgraded under load: no request fails, no connection closes", { skip }, async () => {
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  const pods = await scene.web.ready();
  await scene.underLoad(async () => {
    for (const [image, greeting, says] of [
      [all.v2, "all", "two all"],
      [all.v1, "some", "one some"],
      [all.v1, "more", "one more"],
    ] as const) {
      await scene.enable(image, { config: { greeting } });
      await scene.everyPodSays(says);
      await scene.filterReady();
    }
  });
  const names = (objects: KubeObject[]) => objects.map(({ metadata }) => metadata.name);
  assert.deepEqual(names(await scene.web.pods()), names(pods), "no pod was replaced");
});

test("deleted: nothing is left, and the app serves without the filter", { skip }, async () => {
  const { mesh } = all;
  const scene = await Scene.make(mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  await mesh.kube.api.delete(scene.path);
  await until("the FilterDeployment is gone", async () => !(await mesh.kube.api.find(scene.path)));
  assert.deepEqual((await mesh.kube.api.get(scene.envoyFilters)).items, []);
  const pods = await until("the pods have no trace", async () => {
    const ready = await scene.web.ready();
    return ready.every((pod) => traces(pod).length === 0) && ready;
  });
  for (const pod of pods) {
    assert.equal(await scene.greeting(pod), null);
    const metrics = [...(await mesh.stats(pod)).keys()];
    assert.deepEqual(
      metrics.filter((name) => name.startsWith("envoy_wasm_meshwasm")),
      [],
    );
  }
});

test("the operator killed in the middle of enabling and of upgrading converges", { skip }, async () => {
  const { operator, v1, v2 } = all;
  const scene = await Scene.make(all.mesh);
  for (const [round, image] of [v1, v2, v1, v2].entries()) {
    await scene.enable(image, { config: { greeting: String(round) } });
    // Each time a little later in its work.
    await sleep(150 * round);
    await operator.kill();
    await operator.start();
  }
  await until("it leads again", () => operator.leads());
  await scene.filterReady();
  for (const pod of await scene.web.ready()) assert.equal(await scene.greeting(pod), "two 3");
});

test("pods that come later have the filter when they become ready", { skip }, async () => {
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  await scene.scale(4);
  const pods = await scene.web.ready();
  assert.equal(pods.length, 4);
  for (const pod of pods) assert.equal(await scene.greeting(pod), "one world");
  await until("the status counts them", async () => (await scene.filterReady()).status.workloads.ready === 4);
});

test("what is wrong with an image is said, and the mesh stays as it is", { skip }, async () => {
  const { mesh } = all;
  const scene = await Scene.make(mesh);
  await scene.enable(`${mesh.registry.host}/filters/absent:1.0.0`);
  const condition = await scene.reason("Resolved", "ImageNotFound");
  assert.match(condition.message, /filters\/absent/);
  const [pod] = await scene.web.ready();
  assert.deepEqual(traces(pod!), []);
  assert.equal(await scene.greeting(pod!), null);
  assert.deepEqual((await mesh.kube.api.get(scene.envoyFilters)).items, []);
});

test("a restricted filter does what is left to it; a restriction of its callbacks is refused, and changes nothing", {
  skip,
}, async () => {
  const scene = await Scene.make(all.mesh);
  await scene.enable(all.v1);
  await scene.filterReady();
  const needed = ["vm_start", "configure", "context_create", "request_headers", "response_headers", "delete"];
  const callbacks = needed.map((name) => `proxy_on_${name}`);
  const harmless = ["proxy_log", "proxy_get_buffer_bytes", "proxy_get_property", "proxy_define_metric"];
  await scene.underLoad(async () => {
    const narrow = scene.enable(all.v1, {
      vm: { allowedCapabilities: [...harmless, ...callbacks.slice(0, 4)] },
    });
    await assert.rejects(narrow, /CallbackNotAllowed: .*: proxy_on_delete, proxy_on_response_headers \(/);
    await scene.everyPodSays("one world");
    await scene.enable(all.v1, { vm: { allowedCapabilities: [...harmless, ...callbacks] } });
    await scene.filterReady();
    await scene.everyPodSays(null);
    await scene.enable(all.v1);
    await scene.filterReady();
    await scene.everyPodSays("one world");
  });
});

/** What of us is on a pod. */
function traces({ metadata }: KubeObject): string[] {
  const names = [
    ...Object.keys(metadata.labels ?? {}),
    ...Object.entries(metadata.annotations ?? {}).map(String),
  ];
  return names.filter((name) => /(?<!test\.)meshwasm/.test(name));
}

test("filters stand in the order of phases and priorities, with Istio's own between them and without", {
  skip,
}, async () => {
  const { mesh } = all;
  const { api } = mesh.kube;
  const scene = await Scene.make(mesh, { replicas: 1 });
  const orders = {
    low: { priority: -1 },
    high: { priority: 5 },
    stats: { phase: "STATS" },
    authz: { phase: "AUTHZ", priority: -1 },
    authn: { phase: "AUTHN" },
  };
  // The order in which they are made is not the chain's.
  for (const [name, order] of Object.entries(orders)) {
    const image = await pushHello(mesh, { name, version: "1.0.0", prefix: `${name} of ` });
    const spec = {
      ...{ filter: { image, rootId: name }, order },
      workloadSelector: { matchLabels: { app: "web" } },
    };
    const path = scene.path.replace(/hello$/, name);
    const metadata = { name, namespace: scene.namespace };
    await api.apply(path, {
      apiVersion: "meshwasm.io/v1alpha1",
      kind: "FilterDeployment",
      ...{ metadata, spec },
    });
  }
  const [authn, ...behind] = ["authn", "authz", "stats", "high", "low"].map(
    (name) => `meshwasm.io/${scene.namespace}/${name}`,
  );
  const chainIs = (expected: (string | undefined)[]) =>
    until(`the chain is ${expected.join()}`, async () => {
      const [pod] = await scene.web.ready();
      const chain = await inboundChain(mesh, pod!);
      const among = chain.filter((name) => expected.includes(name));
      if (isDeepStrictEqual(among, expected)) return true;
      throw new Error(chain.join());
    });
  const router = "envoy.filters.http.router";
  await chainIs([authn, ...behind, router]);
  const security = istioSecurity(scene.namespace);
  for (const { path, object } of security) await api.create(path, object);
  await chainIs([authn, "envoy.filters.http.jwt_authn", "envoy.filters.http.rbac", ...behind, router]);
  // A response passes the chain from its end.
  await scene.everyPodSays("low of world, high of world, stats of world, authz of world, authn of world");
  for (const { path, object } of security) await api.delete(`${path}/${object.metadata.name}`);
  await chainIs([authn, ...behind, router]);
  await scene.everyPodSays("low of world, high of world, stats of world, authz of world, authn of world");
});
