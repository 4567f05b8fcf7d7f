import assert from "node:assert/strict";
import { test } from "node:test";
import { viewOf } from "../desired/filter-view.js";
import { imageMount, storeMount } from "../desired/mount.js";
import { chosenDelivery, deliveryStatus } from "./chosen-delivery.js";
import type { Resolution } from "./resolve.js";

const reference = `registry.example.com/limit@sha256:${"cd".repeat(32)}`;
const mount = imageMount("0123456789", reference);
const before = { mode: "ImageVolume", reason: "it was asked for", image: reference.replace(/cd$/, "ff") };
const asked = { mode: "ImageVolume", reason: "it is asked for", refusal: undefined } as const;

function view(status: object = {}) {
  const filter = { image: "registry.example.com/limit:2" };
  const metadata = { namespace: "shop", name: "limit" };
  return viewOf({ metadata, spec: { filter }, status } as never, "istio-system");
}

function resolution(imageVolume: boolean, content: object | undefined): Resolution {
  const resolved = { image: "registry.example.com/limit:2", imageVolume };
  return { resolved, content, revision: "r-new" } as never;
}

test("an image that can be a volume is what pods get from now on", () => {
  const found = resolution(true, { image: reference });
  const chosen = chosenDelivery(view({ delivery: before }), asked, found);
  assert.deepEqual(chosen, { asked: found, refusal: undefined });
  const said = deliveryStatus(view({ delivery: before }), asked, chosen, mount);
  assert.deepEqual(said, { mode: "ImageVolume", reason: "it is asked for", image: reference });
});

test("one that cannot be leaves in force what is, and so does a way that is refused", () => {
  const running = view({ revision: "r-old", delivery: before });
  const unfit = chosenDelivery(running, asked, resolution(false, { image: reference }));
  assert.equal(unfit.refusal?.reason, "ImageVolumeUnsupported");
  assert.deepEqual([unfit.asked.content, unfit.asked.revision], [undefined, "r-old"]);
  const said = deliveryStatus(running, asked, unfit, mount);
  assert.deepEqual(said, { ...before, reason: unfit.refusal?.message });

  const refusal = { status: "False", reason: "PodSecurityForbids", message: "no" } as const;
  const refused = { mode: "HostPath", reason: "it is asked for", refusal } as const;
  const first = chosenDelivery(view(), refused, resolution(true, {}));
  assert.deepEqual([first.asked.content, first.asked.revision], [undefined, undefined]);
  assert.deepEqual(deliveryStatus(view(), refused, first, storeMount), { mode: "HostPath", reason: "no" });
});

test("what is said is what pods have that no step has come to", () => {
  const store = { mode: "HostPath", reason: "new", refusal: undefined } as const;
  const running = view({ delivery: before });
  const asking = chosenDelivery(running, store, resolution(true, undefined));
  assert.deepEqual(deliveryStatus(running, store, asking, mount), before, "the registry is asked");
  assert.deepEqual(deliveryStatus(view(), store, asking, storeMount), { mode: "HostPath", reason: "new" });
  const chosen = chosenDelivery(running, store, resolution(true, {}));
  assert.deepEqual(deliveryStatus(running, store, chosen, storeMount), { mode: "HostPath", reason: "new" });
  assert.deepEqual(deliveryStatus(running, store, chosen, mount), {
    ...{ mode: "ImageVolume", reason: "HostPath comes with the rollout", image: reference },
  });
  assert.deepEqual(deliveryStatus(view(), asked, chosen, storeMount), {
    ...{ mode: "HostPath", reason: "ImageVolume comes with the rollout" },
  });
});
