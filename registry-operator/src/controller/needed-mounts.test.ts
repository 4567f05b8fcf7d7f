import assert from "node:assert/strict";
import { test } from "node:test";
import { filterId, imageVolumeName, volumeName } from "../api/names.js";
import { viewOf } from "../desired/filter-view.js";
import type { Workload } from "../desired/workload.js";
import { unneededVolumes } from "./needed-mounts.js";
import type { Services } from "./services.js";

const digest = `sha256:${"ab".repeat(32)}`;
const web: Workload = {
  ...{ kind: "Deployment", templateLabels: { app: "web" }, templateAnnotations: {} },
  metadata: { namespace: "shop", name: "web" },
};

/** A filter of `shop` for `app: web`. */
function filter(name: string, delivery: object | undefined, mode?: string, more: object = {}) {
  const image = "registry.example.com/limit:1";
  return {
    metadata: { namespace: "shop", name },
    spec: { filter: { image }, workloadSelector: { matchLabels: { app: "web" } }, delivery, ...more },
    status: mode ? { delivery: { mode } } : {},
  } as never;
}

function services(filters: never[], labels: Record<string, string> = {}): Services {
  const world = {
    rootNamespace: "istio-system",
    filtersOver: () => filters,
    labelsOfNamespace: () => labels,
  };
  return { world, kubernetes: () => 36 } as never;
}

test("the store goes when nobody reads it there, now or soon", () => {
  const goes = (...filters: never[]) => unneededVolumes(web, services(filters))(volumeName);
  const image = { mode: "ImageVolume" };
  assert.equal(goes(), true);
  assert.equal(goes(filter("a", undefined)), false);
  assert.equal(goes(filter("a", image, "ImageVolume")), true);
  assert.equal(goes(filter("a", image, "HostPath")), false, "its pods still read it");
  assert.equal(goes(filter("a", undefined, "ImageVolume")), false, "it is about to be given it");
  assert.equal(goes(filter("a", image, "ImageVolume"), filter("b", undefined)), false);
  const elsewhere = { workloadSelector: { matchLabels: { app: "db" } } };
  assert.equal(goes(filter("a", undefined, "HostPath", elsewhere)), true);
  assert.equal(goes(filter("a", undefined, "HostPath", { traffic: { direction: "Gateway" } })), true);
});

test("one that is about to have an image takes the store away with it, unless another reads it", () => {
  const a = filter("a", { mode: "ImageVolume" }, "HostPath");
  const except = viewOf(a, "istio-system");
  assert.equal(unneededVolumes(web, services([a]), except)(volumeName), true);
  const b = filter("b", undefined, "HostPath");
  assert.equal(unneededVolumes(web, services([a, b]), except)(volumeName), false);
  const forbids = { "pod-security.kubernetes.io/enforce": "restricted" };
  const chosen = filter("b", undefined, "ImageVolume");
  assert.equal(unneededVolumes(web, services([a, chosen], forbids), except)(volumeName), true);
});

test("images go with their filter, and when it selects the workload no more; what is not ours stays", () => {
  const a = filter("a", undefined);
  const goes = unneededVolumes(web, services([a]));
  assert.equal(goes(imageVolumeName(filterId("shop", "a"), digest)), false, "that is its own affair");
  assert.equal(goes(imageVolumeName(filterId("shop", "b"), digest)), true);
  for (const name of ["certs", "meshwasm-filters-2", "meshwasm-0123456789"]) assert.equal(goes(name), false);
});
