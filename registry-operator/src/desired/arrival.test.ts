import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { filterId, storeDir } from "../api/names.js";
import { mountsOnArrival } from "./arrival.js";
import { viewOf } from "./filter-view.js";
import { imageMount } from "./mount.js";

const injected = { "istio-injection": "enabled" };
const owned = (apiVersion: string, kind: string, name = "web-7d9f") => ({
  ownerReferences: [{ apiVersion, kind, name, uid: "u", controller: true }],
});
const ofDeployment = owned("apps/v1", "ReplicaSet");

/** A filter of the namespace `shop` for `app: web`, which is resolved. */
function filter(spec: object = {}, { namespace = "shop", metadata = {}, status = { revision: "r-1" } } = {}) {
  return {
    metadata: { namespace, name: "limit", ...metadata },
    spec: {
      filter: { image: "registry.example.com/limit:1" },
      workloadSelector: { matchLabels: { app: "web" } },
      ...spec,
    },
    status,
  } as FilterDeployment;
}

interface Arrival {
  metadata?: object;
  proxy?: string[];
  labels?: Record<string, string>;
  namespaceLabels?: Record<string, string> | undefined;
}

function mounts(filters: FilterDeployment[], arrival: Arrival = {}): boolean {
  return paths(filters, arrival).length > 0;
}

function paths(filters: FilterDeployment[], arrival: Arrival = {}): string[] {
  const { metadata = {}, proxy = ["proxy", "sidecar"], labels = { app: "web" } } = arrival;
  const object = {
    metadata: { name: "", labels: { "pod-template-hash": "7d9f", ...labels }, ...metadata },
    spec: { containers: [{ name: "app" }, { name: "istio-proxy", args: proxy }] },
  };
  const namespaceLabels = "namespaceLabels" in arrival ? arrival.namespaceLabels : injected;
  const views = filters.map((each) => viewOf(each, "istio-system"));
  return mountsOnArrival({ namespace: "shop", object, namespaceLabels }, views).map(({ path }) => path);
}

test("a pod of a workload gets the mount with its template, unless the template must not be touched", () => {
  const never = filter({ delivery: { restart: "Never" } });
  assert.equal(mounts([filter()], { metadata: ofDeployment }), false);
  assert.equal(mounts([never], { metadata: ofDeployment }), true);
  assert.equal(mounts([filter(), never], { metadata: ofDeployment }), true);
  for (const kind of ["StatefulSet", "DaemonSet"]) {
    assert.equal(mounts([filter()], { metadata: owned("apps/v1", kind) }), false);
    assert.equal(mounts([never], { metadata: owned("apps/v1", kind) }), true);
  }
});

test("a pod that no workload of ours makes gets it: alone, or of a Job, a Rollout, another project's StatefulSet", () => {
  assert.equal(mounts([filter()]), true);
  assert.equal(mounts([filter()], { metadata: owned("batch/v1", "Job") }), true);
  assert.equal(mounts([filter()], { metadata: owned("apps.kruise.io/v1beta1", "StatefulSet") }), true);
  // A Rollout's ReplicaSet is not named by the label that a Deployment's is.
  assert.equal(mounts([filter()], { metadata: owned("apps/v1", "ReplicaSet", "web-5b7c") }), true);
});

test("only where a filter that has something to run selects the pod", () => {
  assert.equal(mounts([]), false);
  assert.equal(mounts([filter()], { labels: { app: "db" } }), false);
  assert.equal(mounts([filter({}, { namespace: "elsewhere" })]), false);
  assert.equal(mounts([filter({}, { namespace: "istio-system" })]), true);
  assert.equal(mounts([filter({}, { status: {} as never })]), false, "not resolved");
  const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z" };
  assert.equal(mounts([filter({}, { metadata })]), false);
  assert.equal(mounts([filter({ paused: true })]), true, "pods that come get what is in force");
});

test("a gateway gets it of a gateway's filter only, and whatever makes it", () => {
  const gateway = filter({ traffic: { direction: "Gateway" } });
  const router = { proxy: ["proxy", "router"], metadata: ofDeployment };
  assert.equal(mounts([gateway], router), true);
  assert.equal(mounts([filter({ delivery: { restart: "Never" } })], router), false);
  assert.equal(mounts([gateway]), false, "a sidecar");
  const annotations = { "inject.istio.io/templates": "gateway" };
  assert.equal(
    mounts([gateway], { proxy: [], metadata: { ...ofDeployment, annotations } }),
    true,
    "not injected yet",
  );
  assert.equal(mounts([filter()], { proxy: [], metadata: { annotations } }), false);
});

test("a waypoint gets nothing: no filter is for it", () => {
  const waypoint = { proxy: ["proxy", "waypoint"], metadata: ofDeployment };
  const every = [filter({ delivery: { restart: "Never" } }), filter({ traffic: { direction: "Gateway" } })];
  assert.equal(mounts(every, waypoint), false);
});

test("where Pod Security forbids the volume, somebody says no, or nobody knows, no pod gets it", () => {
  const enforce = (level: string) => ({ ...injected, "pod-security.kubernetes.io/enforce": level });
  assert.equal(mounts([filter()], { namespaceLabels: enforce("privileged") }), true);
  for (const level of ["baseline", "restricted"]) {
    assert.equal(mounts([filter()], { namespaceLabels: enforce(level) }), false);
  }
  assert.equal(mounts([filter()], { namespaceLabels: undefined }), false);
  const no = { "meshwasm.io/mount": "false" };
  assert.equal(mounts([filter()], { namespaceLabels: { ...injected, ...no } }), false);
  assert.equal(mounts([filter()], { labels: { app: "web", ...no } }), false);
});

test("it gets the image that the status says, beside the store of others, and where hostPath is forbidden too", () => {
  const reference = `registry.example.com/limit@sha256:${"ab".repeat(32)}`;
  const delivery = { mode: "ImageVolume", image: reference };
  const image = filter({}, { status: { revision: "r-1", delivery } as never });
  const { path } = imageMount(filterId("shop", "limit"), reference);
  const forbids = { ...injected, "pod-security.kubernetes.io/enforce": "restricted" };
  assert.deepEqual(paths([image]), [path]);
  assert.deepEqual(paths([image, filter()]), [storeDir, path]);
  assert.deepEqual(paths([image, filter()], { namespaceLabels: forbids }), [path]);
  assert.deepEqual(paths([image], { metadata: ofDeployment }), [], "with its template");
  const unknown = filter({}, { status: { revision: "r-1", delivery: { mode: "HostPath" } } as never });
  assert.deepEqual(paths([unknown]), [storeDir]);
});

test("until a revision is known to be good each pod gets the image of the last good one too", () => {
  const [now, before] = ["ab", "cd"].map((hex) => `registry.example.com/limit@sha256:${hex.repeat(32)}`);
  const delivery = { mode: "ImageVolume", image: now, previous: before };
  const id = filterId("shop", "limit");
  const both = [imageMount(id, now!).path, imageMount(id, before!).path];
  const status = { revision: "r-2", delivery } as never;
  assert.deepEqual(paths([filter({}, { status })]), both);
  assert.deepEqual(paths([filter({}, { status })], { metadata: ofDeployment }), both.slice(1));
  assert.deepEqual(paths([filter({}, { status })], { labels: { app: "db" } }), []);
  const stored = { revision: "r-2", delivery: { mode: "HostPath", previous: before } } as never;
  assert.deepEqual(paths([filter({}, { status: stored })]), [storeDir, both[1]]);
});
