import assert from "node:assert/strict";
import { test } from "node:test";
import { imageMount, storeMount } from "./mount.js";
import { type MountPlan, previousImage, workloadMounts } from "./workload-mounts.js";

const id = "0123456789";
const reference = (hex: string) => `registry.example.com/limit@sha256:${hex.repeat(64)}`;
const content = (value: string, image?: string) => ({
  ...{ name: value, value, moduleDigest: `sha256:${"0".repeat(64)}`, attempt: 1 },
  ...(image ? { image } : {}),
});
const contents = [
  content("r-store"),
  content("r-store2"),
  content("r-a", reference("a")),
  content("r-b", reference("b")),
];
const [a, b] = [imageMount(id, reference("a")), imageMount(id, reference("b"))];

function plan(more: Partial<MountPlan>): MountPlan {
  return {
    ...{ view: { id, namespace: "shop", status: {} }, mode: "ImageVolume", revision: "r-b" },
    ...{ rollout: undefined, contents, ...more },
  };
}

function rollout(stable: string, reach: object, revision = "r-b"): MountPlan["rollout"] {
  const place = { phase: "Progressing", step: 1, steps: 2, generation: 1, since: "2026-01-01T00:00:00Z" };
  return { ...place, revision, stable, ...reach } as never;
}

test("without a rollout every workload gets what is in force", () => {
  for (const place of ["shop/Deployment/web", undefined]) {
    assert.deepEqual(workloadMounts(plan({}), place), { main: b, all: [b] });
    assert.deepEqual(workloadMounts(plan({ mode: "HostPath", revision: "r-store" }), place), {
      ...{ main: storeMount, all: [storeMount] },
    });
  }
});

test("a step gives the new image to the workloads that it names; the others keep theirs", () => {
  const staged = plan({ rollout: rollout("r-a", { workloads: ["Deployment/web"] }) });
  assert.deepEqual(workloadMounts(staged, "shop/Deployment/web").all, [b]);
  assert.deepEqual(workloadMounts(staged, "shop/Deployment/db").all, [a]);
  assert.deepEqual(workloadMounts(staged, undefined).all, [a]);
  const fromStore = plan({ rollout: rollout("r-store", { workloads: ["Deployment/web"] }) });
  assert.deepEqual(workloadMounts(fromStore, "shop/Deployment/web").all, [b]);
  assert.deepEqual(workloadMounts(fromStore, "shop/Deployment/db").all, [storeMount]);
  const back = plan({ revision: "r-a", rollout: rollout("r-a", { share: "0%" }) });
  assert.deepEqual(workloadMounts(back, "shop/Deployment/web").all, [a], "taken back");
});

test("on the way to the store everybody has it at once, and the image as long as it is run", () => {
  const staged = plan({
    mode: "HostPath",
    revision: "r-store",
    rollout: rollout("r-a", { share: "10%" }, "r-store"),
  });
  assert.deepEqual(workloadMounts(staged, "shop/Deployment/web"), { main: a, all: [storeMount, a] });
  const both = plan({
    mode: "HostPath",
    revision: "r-store2",
    rollout: rollout("r-store", { share: "10%" }),
  });
  assert.deepEqual(workloadMounts(both, "shop/Deployment/web"), { main: storeMount, all: [storeMount] });
});

test("content that is not there for a moment leaves what the status says", () => {
  const delivery = { mode: "ImageVolume", image: reference("a") };
  const view = { id, namespace: "shop", status: { delivery } };
  assert.deepEqual(workloadMounts(plan({ view, contents: [] }), undefined).main, a);
  assert.deepEqual(workloadMounts(plan({ contents: [] }), undefined).main, storeMount);
});

test("the image before is that of the last good revision, while another one is in force", () => {
  assert.equal(previousImage("r-b", "r-a", contents), reference("a"));
  assert.equal(previousImage("r-b", "r-b", contents), undefined);
  assert.equal(previousImage("r-b", "r-store", contents), undefined, "it comes otherwise");
  assert.equal(previousImage("r-b", undefined, contents), undefined);
  assert.equal(previousImage(undefined, "r-a", contents), undefined);
  assert.equal(previousImage("r-store", "r-gone", contents), undefined);
});
