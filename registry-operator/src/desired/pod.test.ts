import assert from "node:assert/strict";
import { test } from "node:test";
import { storeDir } from "../api/names.js";
import { podFacts } from "./pod.js";
import { selectsPod } from "./selection.js";

const volumes = [{ name: "anything", hostPath: { path: storeDir } }];
const proxy = {
  name: "istio-proxy",
  args: ["proxy", "sidecar"],
  volumeMounts: [{ name: "anything", mountPath: storeDir }],
};

function facts(spec: object, status: object = {}, metadata: object = {}) {
  return podFacts({ metadata: { name: "p", namespace: "shop", ...metadata }, spec, status } as never);
}

test("a sidecar is found among the containers and, as a native one, among the init containers", () => {
  for (const place of ["containers", "initContainers"]) {
    const pod = facts({ [place]: [proxy], volumes }, { podIP: "10.0.0.1" });
    assert.equal(pod.proxy, "sidecar");
    assert.equal(pod.mounted, true);
  }
  assert.equal(facts({ containers: [{ name: "app" }] }).proxy, undefined);
  assert.equal(facts({ containers: [{ name: "istio-proxy", args: ["proxy", "router"] }] }).proxy, "gateway");
  const waypoint = facts({ containers: [{ name: "istio-proxy", args: ["proxy", "waypoint"] }] });
  assert.equal(waypoint.proxy, "waypoint");
  for (const direction of ["Inbound", "Gateway"] as const) {
    assert.ok(
      !selectsPod({ namespace: "shop", meshWide: false, matchLabels: undefined, direction }, waypoint),
    );
  }
});

test("a volume that is not the node's store, or is not mounted there, is no mount", () => {
  assert.equal(facts({ containers: [proxy], volumes: [{ name: "anything", emptyDir: {} }] }).mounted, false);
  const elsewhere = { ...proxy, volumeMounts: [{ name: "anything", mountPath: "/elsewhere" }] };
  assert.equal(facts({ containers: [elsewhere], volumes }).mounted, false);
});

test("the workload is the one whose template can be annotated", () => {
  const owner = (kind: string, name: string, apiVersion = "apps/v1") => ({
    ownerReferences: [{ apiVersion, kind, name, controller: true }],
  });
  const labels = { "pod-template-hash": "7d9f" };
  assert.equal(facts({}, {}, { ...owner("ReplicaSet", "cart-7d9f"), labels }).workload, "Deployment/cart");
  assert.equal(facts({}, {}, owner("ReplicaSet", "by-hand")).workload, undefined);
  assert.equal(facts({}, {}, owner("StatefulSet", "db")).workload, "StatefulSet/db");
  assert.equal(facts({}, {}, owner("StatefulSet", "db", "apps.kruise.io/v1beta1")).workload, undefined);
  assert.equal(facts({}, {}, owner("Job", "nightly", "batch/v1")).workload, undefined);
  assert.equal(facts({}).workload, undefined);
});

test("something else at the store's path, above or below it leaves no room for the mount", () => {
  const taken = (mountPath: string, more: object = {}) =>
    facts({ containers: [{ ...proxy, volumeMounts: [{ name: "other", mountPath }], ...more }], volumes })
      .storeDirTaken;
  for (const path of [storeDir, `${storeDir}/`, `${storeDir}/below`, "/var/local", "/"])
    assert.ok(taken(path), path);
  for (const path of [`${storeDir}-2`, "/var/lib", "/var/loc"]) assert.ok(!taken(path), path);
  assert.ok(taken("/elsewhere", { volumeDevices: [{ devicePath: storeDir }] }));
  assert.ok(!facts({ containers: [proxy], volumes }).storeDirTaken, "that is the mount itself");
});

test("an Envoy that runs is ready, or starts", () => {
  const state = (...containerStatuses: object[]) =>
    facts({ containers: [proxy] }, { containerStatuses }).proxyState;
  const running = { name: "istio-proxy", restartCount: 0, state: { running: {} } };
  assert.equal(state(), "down");
  assert.equal(state({ ...running, state: { waiting: { reason: "CrashLoopBackOff" } } }), "down");
  assert.equal(state({ ...running, ready: false }), "starting");
  assert.equal(state({ ...running, ready: true }), "ready");
});

test("it was told late when the operator wrote to it after its Envoy was started", () => {
  const late = (manager: string, time: string) => {
    const running = { startedAt: "2026-01-01T00:00:10Z" };
    const containerStatuses = [{ name: "istio-proxy", restartCount: 0, state: { running } }];
    const managedFields = [
      { manager: "kubelet", time: "2026-01-01T00:00:30Z" },
      { manager, time },
    ];
    return facts({ containers: [proxy] }, { containerStatuses }, { managedFields }).toldLate;
  };
  assert.equal(late("meshwasm-operator", "2026-01-01T00:00:09Z"), false);
  assert.equal(late("meshwasm-operator", "2026-01-01T00:00:10Z"), true);
  assert.equal(late("somebody", "2026-01-01T00:00:20Z"), false);
});

test("a pod with a controller is made anew when it is deleted", () => {
  const owned = (owner: object) => facts({}, {}, { ownerReferences: [owner] }).controlled;
  assert.equal(owned({ kind: "Job", name: "a", controller: true }), true);
  assert.equal(owned({ kind: "Node", name: "a" }), false);
  assert.equal(facts({}).controlled, false);
});

test("a pod that ended or is being deleted is gone; restarts are the proxy's", () => {
  assert.equal(facts({}, { phase: "Succeeded" }).gone, true);
  assert.equal(facts({}, {}, { deletionTimestamp: "2026-01-01T00:00:00Z" }).gone, true);
  const statuses = [
    { name: "app", restartCount: 5 },
    { name: "istio-proxy", restartCount: 2 },
  ];
  assert.equal(facts({}, { phase: "Running", containerStatuses: statuses }).restarts, 2);
  assert.equal(facts({}, { initContainerStatuses: [{ name: "istio-proxy", restartCount: 1 }] }).restarts, 1);
});

test("gateways are for filters of gateways only", () => {
  const selection = { namespace: "shop", meshWide: false, matchLabels: undefined };
  const sidecar = facts({ containers: [proxy] });
  const gateway = facts({ containers: [{ name: "istio-proxy", args: ["proxy", "router"] }] });
  for (const direction of ["Inbound", "Outbound"] as const) {
    assert.equal(selectsPod({ ...selection, direction }, sidecar), true);
    assert.equal(selectsPod({ ...selection, direction }, gateway), false);
  }
  assert.equal(selectsPod({ ...selection, direction: "Gateway" }, gateway), true);
  assert.equal(selectsPod({ ...selection, direction: "Gateway" }, sidecar), false);
});

test("an image is seen where its path says which it is, whole", () => {
  const digest = "ab".repeat(32);
  const reference = `registry.example.com/hello@sha256:${digest}`;
  const path = `/var/local/lib/wasm-images/0123456789/sha256-${digest}`;
  const images = (mount: object, volume: object = { image: { reference } }) => {
    const volumeMounts = [{ name: "v", mountPath: path, ...mount }];
    const containers = [{ name: "app" }, { name: "istio-proxy", volumeMounts }];
    const spec = { containers, volumes: [{ name: "other" }, { name: "v", ...volume }] };
    return podFacts({ metadata: { name: "p" }, spec } as never).images;
  };
  assert.deepEqual(images({}), [path]);
  const other = `registry.example.com/hello@sha256:${"cd".repeat(32)}`;
  assert.deepEqual(images({}, { image: { reference: other } }), [], "another image");
  assert.deepEqual(images({}, { image: { reference: "registry.example.com/hello:1" } }), [], "a tag");
  assert.deepEqual(images({}, { emptyDir: {} }), []);
  assert.deepEqual(images({ name: "none" }), []);
  assert.deepEqual(images({ subPath: "below" }), []);
  assert.deepEqual(images({ mountPath: `/elsewhere/sha256-${digest}` }), []);
});

test("a node that cannot pull an image for the sidecar says so", () => {
  const fails = (waiting: object, name = "istio-proxy") =>
    podFacts({
      metadata: { name: "p" },
      spec: { containers: [{ name: "app" }, { name: "istio-proxy" }] },
      status: { containerStatuses: [{ name, restartCount: 0, state: { waiting } }] },
    } as never).pullFails;
  assert.equal(fails({ reason: "ErrImagePull" }), true);
  assert.equal(fails({ reason: "ImagePullBackOff" }), true);
  assert.equal(fails({ reason: "ErrImagePull" }, "app"), false);
  assert.equal(fails({ reason: "PodInitializing" }), false);
  assert.equal(fails({}), false);
});
