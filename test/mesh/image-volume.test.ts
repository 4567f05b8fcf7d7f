import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { pushHello } from "./filters.js";
import { requireImagePulls } from "./node-images.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { startServiceLoad } from "./service-load.js";
import { until } from "./until.js";
import { isReady } from "./workload.js";

const { skip: noMesh, all } = await operatedForTests();
const skip = noMesh || (await requireImagePulls());

let cniMode: Promise<void> | undefined;

/**
 * Has injection leave out the container that sets up the pod's network, which no Pod Security level but the lowest allows:
 * as where Istio's CNI plugin does it.
 */
function injectionWithCni(): Promise<void> {
  cniMode ??= setCniMode();
  return cniMode;
}

async function setCniMode(): Promise<void> {
  const { api } = all.mesh.kube;
  const path = "/api/v1/namespaces/istio-system/configmaps/istio-sidecar-injector";
  const values = JSON.parse((await api.get(path)).data.values);
  values.pilot.cni.enabled = true;
  await api.patch(path, { data: { values: JSON.stringify(values) } });
  const namespace = await all.mesh.namespace();
  const pods = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const pod = {
    metadata: { name: "any" },
    spec: { containers: [{ name: "app", image: "registry.example.com/echo:1" }] },
  };
  await until("injection is in the mode of Istio's CNI plugin", async () => {
    const { spec } = await api.create(pods, pod);
    return spec.initContainers.some(({ name }: KubeObject) => name === "istio-validation");
  });
}

for (const level of ["baseline", "restricted"]) {
  test(`where the level is ${level}, HostPath is refused, and Auto takes the image volume`, {
    skip,
  }, async () => {
    const { api } = all.mesh.kube;
    await injectionWithCni();
    const namespaceLabels = { "pod-security.kubernetes.io/enforce": level };
    const scene = await Scene.make(all.mesh, { namespaceLabels, restricted: true });
    const deployment = `/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`;
    const { generation } = (await api.get(deployment)).metadata;
    const [untouched] = await scene.web.ready();
    await assert.rejects(api.create(`/api/v1/namespaces/${scene.namespace}/pods?dryRun=All`, hostPathPod), {
      message: /violates PodSecurity "(baseline|restricted):latest": .*hostPath/,
    });

    await scene.enable(all.v1, {}, { delivery: { mode: "HostPath" } });
    const { message } = await scene.reason("Mounted", "PodSecurityForbids");
    const why = `the namespace's Pod Security level '${level}' forbids volumes of type hostPath`;
    assert.equal(message, `${why}: delivery.mode Auto or ImageVolume needs none`);
    await scene.reason("Ready", "PodSecurityForbids");
    await until("an event says so", async () => {
      const { items } = await api.get(`/api/v1/namespaces/${scene.namespace}/events`);
      return items.some(
        ({ type, reason }: KubeObject) => type === "Warning" && reason === "PodSecurityForbids",
      );
    });
    assert.deepEqual((await api.get(scene.envoyFilters)).items, [], "nothing of it is in the mesh");
    assert.equal((await api.get(deployment)).metadata.generation, generation);

    await scene.enable(all.v1, {}, { delivery: { mode: "Auto" } });
    const { status } = await scene.filterReady();
    const image = `${all.v1.replace(/:[^:]*$/, "")}@${status.resolvedDigest}`;
    assert.deepEqual(status.delivery, { mode: "ImageVolume", reason: why, image });
    assert.deepEqual([status.workloads.mounted, status.workloads.ready], [2, 2]);
    await scene.everyPodSays("one world");
    const pods = await scene.web.ready();
    for (const pod of pods) assert.deepEqual(volumesOf(pod), [image]);
    assert.ok(pods.every(({ metadata }) => metadata.uid !== untouched!.metadata.uid));
    const { items: nodes } = await api.get("/apis/meshwasm.io/v1alpha1/nodemodules");
    assert.ok(
      nodes.every((node: KubeObject) => !node.status?.digests?.includes(status.moduleDigest)),
      "no agent has to do with it",
    );

    const load = startServiceLoad(scene.web, all.mesh.app.httpPort);
    await scene.enable(all.v2);
    const upgraded = await scene.filterReady();
    await scene.everyPodSays("two world");
    const { requests, ...rest } = await load.stop();
    assert.deepEqual(rest, { failed: 0, closed: 0, failures: [] });
    assert.ok(requests > 100, `only ${requests} requests`);
    const after = await scene.web.ready();
    assert.equal(upgraded.status.delivery.previous, undefined);
    for (const pod of after) {
      assert.deepEqual(
        volumesOf(pod),
        [upgraded.status.delivery.image, image].sort(),
        "what it began with too",
      );
    }
    await until("the content of the first version is gone", async () => {
      const { items } = await api.get(scene.envoyFilters);
      return items.length === 3;
    });

    await disabled(scene);
    for (const pod of await scene.web.ready()) assert.deepEqual(volumesOf(pod), []);
    await scene.everyPodSays(null);
  });
}

test("a filter that runs from the store moves to its image and back, and stays where it is when that cannot be", {
  skip,
}, async (t) => {
  const { mesh } = all;
  const { api } = mesh.kube;
  const scene = await Scene.make(mesh);
  const path = `/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`;
  const generation = async () => (await api.get(path)).metadata.generation;
  const delivery = { mode: "ImageVolume" };
  await scene.enable(all.v1);
  assert.equal((await scene.filterReady()).status.delivery.mode, "HostPath");
  const stored = await generation();
  const load = startServiceLoad(scene.web, mesh.app.httpPort);

  await scene.enable(all.v1, {}, { delivery });
  const { status } = await scene.filterReady();
  for (const pod of await scene.web.ready()) assert.deepEqual(volumesOf(pod), [status.delivery.image]);
  assert.equal(await generation(), stored + 1, "the image came and the store went in one restart");

  // Only kubelets cannot have the next version, which no node has yet.
  const next = await pushHello(mesh, { version: "2.1.0", prefix: "next " });
  t.after(() => mesh.spoilRegistry(undefined));
  mesh.spoilRegistry(({ headers }) =>
    headers["user-agent"]?.includes("crane") ? { type: "status", status: 403 } : undefined,
  );
  await scene.enable(next, {}, { delivery });
  const { message } = await scene.reason("Mounted", "ImagePullFailed");
  assert.match(
    message,
    /pod test-.*\/web-.*: its node node-\d cannot pull an image: 'kubectl describe pod' says/,
  );
  const waiting = (await scene.filter()).status.waiting.map(({ reason }: KubeObject) => reason);
  assert.ok(waiting.includes("ImagePullFailed"), waiting.join());
  const serving = (await scene.web.pods()).filter(isReady);
  assert.equal(serving.length, 2);
  for (const pod of serving) assert.equal(await scene.greeting(pod), "one world");
  mesh.spoilRegistry(undefined);
  const good = (await scene.filterReady()).status.delivery.image;
  await scene.everyPodSays("next world");

  // The switch that stops everything is no restart.
  const uids = async () => (await scene.web.ready()).map(({ metadata }) => metadata.uid);
  const before = await uids();
  const policies = "/apis/meshwasm.io/v1alpha1/filterpolicies";
  const name = scene.namespace;
  await api.create(policies, {
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterPolicy", metadata: { name } },
    spec: { namespaces: [scene.namespace], disabled: true },
  });
  await scene.everyPodSays(null);
  await api.delete(`${policies}/${name}`);
  await scene.everyPodSays("next world");
  assert.deepEqual(await uids(), before);

  // A configuration that the filter refuses comes with another image: pods are replaced, and none begins with it.
  await scene.enable(all.v2, { config: { greeting: "refused" } }, { delivery });
  await until("all pods have the new image", async () => {
    const { image } = (await scene.filter()).status.delivery;
    const pods = await scene.web.ready();
    return pods.length === 2 && pods.every((pod) => volumesOf(pod).includes(image)) && image !== good;
  });
  await scene.reason("Ready", "NotLoaded");
  await scene.everyPodSays("next world");
  const replacing = await uids();
  await scene.enable(all.v2, {}, { delivery });
  await scene.filterReady();
  await scene.everyPodSays("two world");
  assert.deepEqual(await uids(), replacing, "the image is there already");

  const unfit = await pushHello(mesh, { version: "3.0.0", prefix: "three ", format: "oci" });
  const now = await generation();
  await scene.enable(unfit, {}, { delivery });
  const said = await scene.reason("Mounted", "ImageVolumeUnsupported");
  assert.match(
    said.message,
    /^no kubelet can mount .*\/hello:3\.0\.0 as a volume .*'meshwasm push --format compat'$/,
  );
  await scene.reason("Ready", "ImageVolumeUnsupported");
  await scene.everyPodSays("two world");
  const steps = { rollout: { steps: [{ share: "50%" }] } };
  await assert.rejects(scene.enable(all.v1, {}, { delivery, ...steps }), { message: /no steps by share/ });
  assert.equal(await generation(), now);

  // The same in the store.
  const { image } = (await scene.filter()).status.delivery;
  await scene.enable(unfit);
  await scene.filterReady();
  await scene.everyPodSays("three world");
  assert.equal(await generation(), now + 1);
  const { requests, ...rest } = await load.stop();
  assert.deepEqual(rest, { failed: 0, closed: 0, failures: [] });
  assert.ok(requests > 100, `only ${requests} requests`);
  for (const pod of await scene.web.ready()) {
    assert.deepEqual(volumesOf(pod), ["/var/local/lib/wasm-filters", image]);
  }
});

test("where the template must not be touched, each pod gets the image that is in force when it is made", {
  skip,
}, async () => {
  const { api } = all.mesh.kube;
  await injectionWithCni();
  const namespaceLabels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const scene = await Scene.make(all.mesh, { namespaceLabels, restricted: true, replicas: 1 });
  const path = `/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`;
  const { generation } = (await api.get(path)).metadata;
  const delivery = { restart: "Never" };
  const replaced = async () => {
    const [old] = await scene.web.ready();
    await api.delete(`/api/v1/namespaces/${scene.namespace}/pods/${old!.metadata.name}`);
    return until("another pod is ready", async () => {
      const [pod, ...more] = await scene.web.ready();
      return pod && more.length === 0 && pod.metadata.uid !== old!.metadata.uid && pod;
    });
  };
  let previous: string[] = [];
  for (const [image, before, says] of [
    [all.v1, null, "one world"],
    [all.v2, "one world", "two world"],
  ] as const) {
    await scene.enable(image, {}, { delivery });
    const { message } = await scene.reason("Mounted", "RestartNeeded");
    assert.match(
      message,
      /Deployment\/web: its pods get the mount when they are made anew, or all at once with/,
    );
    assert.match(message, /userVolume: '\{"meshwasm-[0-9a-f]{10}-[0-9a-f]{20}":\{"image":\{"reference":"/);
    await scene.everyPodSays(before);
    const pod = await replaced();
    const { status } = await scene.filterReady();
    assert.deepEqual(volumesOf(pod), [status.delivery.image, ...previous].sort());
    previous = [status.delivery.image];
    await scene.everyPodSays(says);
  }
  assert.equal((await api.get(path)).metadata.generation, generation);
});

test("steps by workload roll one workload after the other, and back when it does harm", {
  skip,
}, async () => {
  const { mesh } = all;
  const scene = await Scene.make(mesh, { labels: { team: "a" } });
  const second = await mesh.deploy({
    ...{ namespace: scene.namespace, name: "second", labels: { team: "a" } },
  });
  const enable = (image: string, step: object | undefined, filter: object = {}) =>
    scene.enable(image, filter, {
      workloadSelector: { matchLabels: { team: "a" } },
      delivery: { mode: "ImageVolume" },
      ...(step ? { rollout: { steps: [{ workloads: ["Deployment/second"], ...step }] } } : {}),
    });
  const says = async (expected: string) => {
    for (const pod of await second.ready()) {
      await until(`second says ${expected}`, async () => (await scene.greeting(pod)) === expected);
    }
  };
  await enable(all.v1, undefined);
  const first = (await scene.filterReady()).status;
  const uids = (await scene.web.ready()).map(({ metadata }) => metadata.uid);

  await enable(all.v2, {});
  await scene.reason("Ready", "RolloutPaused");
  await says("two world");
  await scene.everyPodSays("one world");
  const paused = (await scene.filter()).status;
  assert.equal(paused.delivery.image, first.delivery.image, "what others get meanwhile");
  assert.deepEqual(
    (await scene.web.ready()).map(({ metadata }) => metadata.uid),
    uids,
    "no pod of the other workload was restarted",
  );
  await enable(all.v2, { pause: "0s" });
  const { status } = await scene.filterReady();
  assert.notEqual(status.delivery.image, first.delivery.image);
  await scene.everyPodSays("two world");

  const replacedFrom = (old: readonly KubeObject[], image: string) =>
    until(`pods of the second workload have ${image}`, async () => {
      const pods = await second.ready();
      const isNew = ({ metadata }: KubeObject) => old.every((each) => each.metadata.uid !== metadata.uid);
      return pods.length > 0 && pods.every((pod) => isNew(pod) && volumesOf(pod).includes(image)) && pods;
    });
  const working = await second.ready();
  await enable(all.v1, {}, { config: { greeting: "trap" } });
  const trapping = await replacedFrom(working, first.delivery.image);
  const load = mesh.load(trapping[0]!);
  const { message } = await scene.reason("Ready", "RolledBack");
  await load.stop();
  assert.match(message, /the filter's VM crashed/);
  await replacedFrom(trapping, status.delivery.image);
  await says("two world");
  await scene.everyPodSays("two world");
});

const hostPathPod = {
  metadata: { name: "any" },
  spec: {
    containers: [{ name: "app", image: "registry.example.com/echo:1" }],
    volumes: [{ name: "v", hostPath: { path: "/var/local/lib/wasm-filters" } }],
  },
};

/** Deletes the FilterDeployment and waits until it has taken everything back. */
async function disabled(scene: Scene): Promise<void> {
  const { api } = all.mesh.kube;
  await api.delete(scene.path);
  await until("the FilterDeployment is gone", async () => !(await api.find(scene.path)));
  assert.deepEqual((await api.get(scene.envoyFilters)).items, []);
  const deployment = await api.get(`/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`);
  assert.deepEqual(Object.keys(deployment.spec.template.metadata.annotations ?? {}), []);
  assert.equal(deployment.metadata.annotations["meshwasm.io/mounted"], undefined);
}

/** The images and the host's folders among a pod's volumes, sorted. */
function volumesOf({ spec }: KubeObject): string[] {
  const { volumes } = spec as { volumes: KubeObject[] };
  return volumes.flatMap(({ image, hostPath }) => image?.reference ?? hostPath?.path ?? []).sort();
}
