import assert from "node:assert/strict";
import { test } from "node:test";
import { describeStatus } from "./describe.js";
import type { FilterDeployment } from "./resources.js";
import { reportOf } from "./status.js";

/** What is printed of a FilterDeployment with this rollout. */
function described(rollout: NonNullable<FilterDeployment["status"]>["rollout"]): string {
  const ready = { type: "Ready", status: "False", reason: "RolloutPaused", message: "step 1 of 2" };
  const filter: FilterDeployment = {
    apiVersion: "meshwasm.io/v1alpha1",
    kind: "FilterDeployment",
    metadata: { name: "limit", namespace: "shop", generation: 2 },
    spec: { filter: { image: "registry.example.com/limit:2" } },
    status: {
      ...{ observedGeneration: 2, revision: "r-new", workloads: { matched: 4, ready: 4 } },
      ...(rollout ? { rollout } : {}),
      conditions: [ready],
    },
  };
  return describeStatus([reportOf(filter, [], "meshwasm.io/f-0123456789")]);
}

test("a rollout is shown where it is, and when it was taken back", () => {
  const rollout = { revision: "r-new", stable: "r-old", phase: "Paused", step: 1, steps: 2, share: "10%" };
  assert.match(
    described(rollout),
    /^ {2}rollout {3}Paused: step 1 of 2, r-new for 10% of the pods, r-old for the others$/m,
  );
  const { share: _, ...byWorkload } = { ...rollout, workloads: ["Deployment/a", "shop/Deployment/b"] };
  assert.match(
    described(byWorkload),
    /step 1 of 2, r-new for all pods of Deployment\/a, shop\/Deployment\/b, r-old for the others$/m,
  );
  assert.match(
    described({ ...rollout, step: 2, earlier: ["Deployment/a"] }),
    /r-new for 10% of the pods, and what earlier steps chose \(Deployment\/a\), r-old for the others$/m,
  );
  assert.match(
    described({ ...byWorkload, message: "Deployment/a has no pod" }),
    /, r-old for the others; Deployment\/a has no pod$/m,
  );
  assert.match(
    described({ ...rollout, phase: "RolledBack", share: "0%" }),
    /^ {2}rollout {3}RolledBack: all pods run r-old again, not r-new$/m,
  );
  assert.doesNotMatch(described(undefined), /^ {2}rollout/m);
});

test("how the module gets into the sidecars is shown with why", () => {
  const filter = {
    metadata: { name: "limit", namespace: "shop", generation: 1 },
    spec: { filter: { image: "registry.example.com/limit:2" } },
    status: {
      delivery: { mode: "ImageVolume", reason: "it is asked for", image: "registry.example.com/limit@d" },
    },
  } as unknown as FilterDeployment;
  const report = reportOf(filter, [], "meshwasm.io/f-0123456789");
  assert.deepEqual(report.delivery, { mode: "ImageVolume", reason: "it is asked for" });
  assert.match(describeStatus([report]), /^ {2}delivery {2}ImageVolume: it is asked for$/m);
  const { delivery } = reportOf({ ...filter, status: {} }, [], "meshwasm.io/f-0123456789");
  assert.equal(delivery, null);
});
