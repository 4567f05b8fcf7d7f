import assert from "node:assert/strict";
import { test } from "node:test";
import { forbidsHostPath, workloadFacts, wouldBeInjected } from "./workload.js";

function workload(labels: Record<string, string>, annotations: Record<string, string> = {}) {
  const spec = { template: { metadata: { labels, annotations } } };
  return workloadFacts("Deployment", { metadata: { name: "a", namespace: "b" }, spec } as never);
}

test("injection goes by the namespace, and the template has the last word where it may", () => {
  const enabled = { "istio-injection": "enabled" };
  const no = { "sidecar.istio.io/inject": "false" };
  const yes = { "sidecar.istio.io/inject": "true" };
  assert.equal(wouldBeInjected(enabled, workload({})), true);
  assert.equal(wouldBeInjected(undefined, workload({})), false);
  assert.equal(wouldBeInjected(enabled, workload(no)), false);
  assert.equal(wouldBeInjected({}, workload(yes)), true);
  assert.equal(wouldBeInjected({ "istio-injection": "disabled" }, workload(yes)), false);
  assert.equal(wouldBeInjected({ "istio.io/rev": "canary" }, workload({})), true);
  assert.equal(wouldBeInjected(enabled, workload({}, { "inject.istio.io/templates": "gateway" })), false);
});

test("the levels baseline and restricted forbid hostPath", () => {
  const level = (enforce: string) => ({ "pod-security.kubernetes.io/enforce": enforce });
  assert.deepEqual([level("privileged"), level("baseline"), level("restricted"), {}].map(forbidsHostPath), [
    false,
    true,
    true,
    false,
  ]);
});
