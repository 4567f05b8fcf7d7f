import assert from "node:assert/strict";
import { test } from "node:test";
import { podFacts } from "./pod.js";
import type { Rollout } from "./rollout.js";
import { placedParts, revisionOfWorkload, workloadPlace, workloadPlaceOf } from "./workload-place.js";

test("a name without a namespace is one of the FilterDeployment's own", () => {
  assert.equal(workloadPlace("Deployment/web", "shop"), "shop/Deployment/web");
  assert.equal(workloadPlace("pay/StatefulSet/web", "istio-system"), "pay/StatefulSet/web");
  assert.deepEqual(placedParts([{ share: 10 }, { workloads: ["Deployment/a", "b/DaemonSet/c"] }], "shop"), [
    { share: 10 },
    { workloads: ["shop/Deployment/a", "b/DaemonSet/c"] },
  ]);
});

test("a pod's workload is named alike; a pod of its own, or of a Job, has none", () => {
  const owned = (kind: string, name: string, apiVersion = "apps/v1") =>
    workloadPlaceOf(
      podFacts({
        metadata: {
          ...{ namespace: "shop", name: "web-1", uid: "1", labels: { "pod-template-hash": "abc" } },
          ownerReferences: [{ apiVersion, kind, name, uid: "2", controller: true }],
        },
      }),
    );
  assert.equal(owned("ReplicaSet", "web-abc"), "shop/Deployment/web");
  assert.equal(owned("StatefulSet", "web"), "shop/StatefulSet/web");
  assert.equal(owned("Job", "web", "batch/v1"), undefined);
  assert.equal(workloadPlaceOf(podFacts({ metadata: { namespace: "shop", name: "web" } })), undefined);
});

test("a workload as a whole runs the revision when a step has named it, or all pods shall", () => {
  const begun = { revision: "r-new", stable: "r-old", generation: 2, phase: "Progressing" } as const;
  const rollout: Rollout = { ...begun, step: 1, steps: 3, since: "2026-01-01T00:00:00Z" };
  const revisions = (reach: Partial<Rollout> | undefined, revision = "r-new") =>
    ["shop/Deployment/a", "shop/Deployment/b", "pay/Deployment/a"].map((place) =>
      revisionOfWorkload(place, revision, reach && { ...rollout, ...reach }, "shop"),
    );
  assert.deepEqual(revisions(undefined), ["r-new", "r-new", "r-new"]);
  assert.deepEqual(revisions({ workloads: ["Deployment/a"] }), ["r-new", "r-old", "r-old"]);
  const later = { workloads: ["pay/Deployment/a"], earlier: ["Deployment/a", "50%"] };
  assert.deepEqual(revisions(later), ["r-new", "r-old", "r-new"]);
  assert.deepEqual(revisions({ share: "99%" }), ["r-old", "r-old", "r-old"], "a part of its pods cannot");
  assert.deepEqual(revisions({ phase: "Promoted", share: "100%" }), ["r-new", "r-new", "r-new"]);
  const back = revisions({ phase: "RolledBack", share: "0%" }, "r-old");
  assert.deepEqual(back, ["r-old", "r-old", "r-old"]);
});
