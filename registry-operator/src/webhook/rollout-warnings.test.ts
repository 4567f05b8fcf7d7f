import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { workloadFacts } from "../desired/workload.js";
import { rolloutWarnings } from "./rollout-warnings.js";

const known = new Map(
  ["shop/Deployment/web", "shop/StatefulSet/db", "pay/Deployment/web"].map((place) => {
    const [namespace = "", kind, name = ""] = place.split("/");
    const spec = { template: { metadata: { labels: { app: name } } } };
    return [place, workloadFacts(kind as "Deployment", { metadata: { namespace, name }, spec } as never)];
  }),
);

function warnings(namespace: string, steps: object[], matchLabels?: Record<string, string>): string[] {
  const filter = {
    metadata: { namespace, name: "limit" },
    spec: {
      filter: { image: "registry.example.com/limit:2" },
      rollout: { steps },
      ...(matchLabels ? { workloadSelector: { matchLabels } } : {}),
    },
  } as FilterDeployment;
  return rolloutWarnings(filter, "istio-system", (place) => known.get(place));
}

test("a workload that is there and selected is no reason to warn, nor is a share", () => {
  const steps = [
    { workloads: ["Deployment/web", "shop/StatefulSet/db"] },
    { share: "10%" },
    { workloads: ["Deployment/web"] },
  ];
  assert.deepEqual(warnings("shop", steps), []);
  assert.deepEqual(warnings("istio-system", [{ workloads: ["pay/Deployment/web"] }], { app: "web" }), []);
});

test("one that is not there, not selected, or elsewhere is named with its step", () => {
  assert.deepEqual(
    warnings(
      "shop",
      [
        { share: "5%" },
        { workloads: ["Deployment/web", "Deployment/wep", "StatefulSet/db", "pay/Deployment/web"] },
      ],
      { app: "web" },
    ),
    [
      "spec.rollout.steps[1].workloads: Deployment/wep: there is no Deployment 'wep' in namespace shop",
      "spec.rollout.steps[1].workloads: StatefulSet/db is not selected: its pods lack labels of spec.workloadSelector",
      "spec.rollout.steps[1].workloads: pay/Deployment/web is in another namespace; only FilterDeployments in istio-system reach those",
    ],
  );
  assert.deepEqual(warnings("istio-system", [{ workloads: ["Deployment/web"] }]), [
    "spec.rollout.steps[0].workloads: Deployment/web: there is no Deployment 'web' in namespace istio-system",
  ]);
});
