import assert from "node:assert/strict";
import { test } from "node:test";
import { gateFailure, gateRules, type PodHealth } from "./gate.js";

const filter = { image: "registry.example.com/limit:1" };
const steps = [{ share: "10%" }];
const rules = gateRules({ filter, rollout: { steps } });

function pod(name: string, more: Partial<PodHealth> = {}): PodHealth {
  const healthy = { reloads: 0, notLoadedFor: 0, runs: "r-new", requests: 0, errors: 0 };
  return { pod: `shop/${name}`, canary: true, ...healthy, ...more };
}

test("a gate that says nothing is the one that is meant", () => {
  const meant = { maxVmReloads: 0, maxErrorIncrease: 1, minRequests: 100, loadDeadline: 60_000 };
  assert.deepEqual(rules, meant);
  assert.deepEqual(gateRules({ filter, rollout: { steps, gate: {} } }), meant);
  const gate = { maxVmReloads: 3, maxErrorIncrease: "0.5%", minRequests: 10, loadDeadline: "2m30s" };
  assert.deepEqual(gateRules({ filter, rollout: { steps, gate } }), {
    ...{ maxVmReloads: 3, maxErrorIncrease: 0.5, minRequests: 10, loadDeadline: 150_000 },
  });
});

test("a crash fails it, and names where there were most", () => {
  assert.equal(gateFailure(rules, [pod("a"), pod("b")]), undefined);
  assert.equal(gateFailure(rules, []), undefined);
  const crashed = [pod("a", { reloads: 1 }), pod("b", { reloads: 4 })];
  assert.equal(gateFailure(rules, crashed), "on shop/b the filter's VM crashed 4 times");
  assert.equal(gateFailure({ ...rules, maxVmReloads: 4 }, crashed), undefined);
  assert.equal(
    gateFailure(rules, [pod("a", { reloads: 4, canary: false })]),
    undefined,
    "of another revision",
  );
});

test("an Envoy that does not take it fails it after a while", () => {
  const refuses = (notLoadedFor: number) => gateFailure(rules, [pod("a", { notLoadedFor, runs: "r-old" })]);
  assert.equal(refuses(60_000), undefined);
  assert.equal(refuses(60_400), "the Envoy of shop/a has not loaded it after 60 s, and runs r-old");
});

test("errors fail it when they are more than on the others, and there are enough requests to say so", () => {
  const judge = (tried: [number, number], others: [number, number], more = rules) =>
    gateFailure(more, [
      pod("a"),
      pod("b", { requests: tried[0], errors: tried[1] }),
      pod("c", { canary: false, requests: others[0], errors: others[1] }),
      pod("d", { canary: false }),
    ]);
  assert.equal(judge([1000, 10], [1000, 0]), undefined);
  assert.equal(
    judge([1000, 11], [1000, 0]),
    "answers are 5xx for 1.1% of 1000 requests on the pods that try it, most on shop/b, and for 0.0% of 1000 on the others",
  );
  assert.equal(judge([1000, 200], [5000, 1000]), undefined, "it is not the filter's fault");
  assert.equal(judge([1000, 0], [1000, 900]), undefined, "it is better");
  assert.equal(judge([99, 99], [1000, 0]), undefined, "too few to say");
  assert.equal(judge([1000, 999], [99, 0]), undefined, "too few to compare with");
  const eager = { ...rules, minRequests: 0, maxErrorIncrease: 0 };
  assert.equal(judge([0, 0], [0, 0], eager), undefined, "nothing at all");
  assert.match(judge([1, 1], [1, 0], eager) ?? "", /100\.0% of 1 requests/);
});
