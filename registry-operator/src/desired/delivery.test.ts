import assert from "node:assert/strict";
import { test } from "node:test";
import { deliveryOf, refusalOfImage } from "./delivery.js";
import type { FilterView } from "./filter-view.js";

const free = { forbiddenBy: undefined, kubernetes: 36 };
const baseline = { forbiddenBy: "baseline", kubernetes: 36 };

function view(delivery?: object, more: object = {}): FilterView {
  const filter = { image: "registry.example.com/hello:1" };
  return {
    meshWide: false,
    mayRestart: true,
    direction: "Inbound",
    status: {},
    spec: { filter, ...(delivery ? { delivery } : {}) },
    ...more,
  } as never;
}

/** Mode and reason of the refusal. */
function says(...args: Parameters<typeof deliveryOf>): [mode: string, refusal: string | undefined] {
  const { mode, refusal } = deliveryOf(...args);
  return [mode, refusal?.reason];
}

test("Auto is the store, but an image where Pod Security forbids the store and the cluster has image volumes", () => {
  assert.deepEqual(says(view(), free), ["HostPath", undefined]);
  assert.deepEqual(says(view({ mode: "Auto" }), { ...free, kubernetes: undefined }), ["HostPath", undefined]);
  const chosen = deliveryOf(view(), baseline);
  assert.deepEqual(chosen, {
    mode: "ImageVolume",
    reason: "the namespace's Pod Security level 'baseline' forbids volumes of type hostPath",
    refusal: undefined,
  });
  const old = deliveryOf(view(), { ...baseline, kubernetes: 34 });
  assert.equal(old.refusal?.reason, "PodSecurityForbids");
  assert.match(old.refusal?.message ?? "", /not on by default in Kubernetes 1\.34: where they are, delivery/);
});

test("while nothing is known of the API server, what was chosen stays", () => {
  const unknown = { ...baseline, kubernetes: undefined };
  assert.deepEqual(says(view(), unknown), ["HostPath", "PodSecurityForbids"]);
  const status = { delivery: { mode: "ImageVolume" } };
  assert.deepEqual(says(view(undefined, { status }), unknown), ["ImageVolume", undefined]);
});

test("one for the whole mesh has the store, whatever the level of the namespace that it is in", () => {
  assert.deepEqual(says(view(undefined, { meshWide: true }), baseline), ["HostPath", undefined]);
  assert.deepEqual(says(view({ mode: "HostPath" }, { meshWide: true }), baseline), ["HostPath", undefined]);
});

test("what is asked for is done, or refused with what to do instead", () => {
  assert.deepEqual(says(view({ mode: "HostPath" }), free), ["HostPath", undefined]);
  const forbidden = deliveryOf(view({ mode: "HostPath" }), baseline);
  assert.deepEqual(forbidden.refusal, {
    status: "False",
    reason: "PodSecurityForbids",
    message:
      "the namespace's Pod Security level 'baseline' forbids volumes of type hostPath: delivery.mode Auto or ImageVolume needs none",
  });
  assert.deepEqual(says(view({ mode: "ImageVolume" }), { ...free, kubernetes: 31 }), [
    "ImageVolume",
    undefined,
  ]);
  assert.deepEqual(says(view({ mode: "ImageVolume" }), { ...free, kubernetes: 30 }), [
    "ImageVolume",
    "ImageVolumeUnsupported",
  ]);
});

test("an image that no kubelet can mount is refused; one of which nothing is known is not", () => {
  const resolved = { image: "registry.example.com/hello:1", imageVolume: false } as never;
  const refusal = refusalOfImage({ mode: "ImageVolume" }, resolved);
  assert.equal(refusal?.reason, "ImageVolumeUnsupported");
  assert.match(refusal.message, /^no kubelet can mount registry.example.com\/hello:1 .*: publish it with/);
  assert.equal(refusalOfImage({ mode: "HostPath" }, resolved), undefined);
  assert.equal(refusalOfImage({ mode: "ImageVolume" }, {} as never), undefined);
  assert.equal(refusalOfImage({ mode: "ImageVolume" }, undefined), undefined);
});

test("steps by share of pods are refused, be the image asked for or chosen", () => {
  const rollout = { steps: [{ share: "10%" }] };
  for (const [delivery, facts, refusal] of [
    [{ mode: "ImageVolume" }, free, "RolloutUnsupported"],
    [{ mode: "Auto" }, baseline, "RolloutUnsupported"],
    [{ mode: "Auto" }, free, undefined],
  ] as const) {
    const { spec, ...rest } = view(delivery);
    assert.equal(
      deliveryOf({ ...rest, spec: { ...spec, rollout } as never }, facts).refusal?.reason,
      refusal,
    );
  }
});

test("steps by workload need templates that may be changed", () => {
  const { spec, ...rest } = view({ mode: "ImageVolume" });
  const rollout = { steps: [{ workloads: ["Deployment/web"] }] };
  const refusal = (more: object) =>
    deliveryOf({ ...rest, spec: { ...spec, rollout } as never, ...more }, free).refusal?.reason;
  assert.equal(refusal({}), undefined);
  assert.equal(refusal({ mayRestart: false }), "RolloutUnsupported");
  assert.equal(refusal({ direction: "Gateway" }), "RolloutUnsupported");
});
