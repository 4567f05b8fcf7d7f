import assert from "node:assert/strict";
import { test } from "node:test";
import { viewOf } from "../desired/filter-view.js";
import { podFacts } from "../desired/pod.js";
import type { Rollout } from "../desired/rollout.js";
import type { LoadedState, RequestCounts } from "../loaded/index.js";
import type { PodPlan } from "./pod-plan.js";
import { Gates } from "./watch-gate.js";

const view = viewOf(
  {
    metadata: { namespace: "shop", name: "limit" },
    spec: { filter: { image: "registry.example.com/limit:2" }, rollout: { steps: [{ share: "50%" }] } },
  },
  "istio-system",
);
const rollout: Rollout = {
  ...{ revision: "r-new", stable: "r-old", generation: 2, phase: "Progressing", step: 1, steps: 1 },
  ...{ share: "50%", since: "2026-01-01T00:00:00Z" },
};

/** A pod, mounted and on a node, that was told this revision. */
function told(name: string, ip: string, wanted: string): PodPlan {
  const facts = podFacts({ metadata: { namespace: "shop", name, uid: name } });
  const pod = { ...facts, ip, node: "n", mounted: true };
  return { pod, wanted, label: wanted, mounted: true, able: true, waits: false, winner: undefined };
}

/** Two pods whose Envoys answer as told, on a clock that is moved by hand. */
function scripted() {
  const plans = [told("new", "10.0.0.1", "r-new"), told("old", "10.0.0.2", "r-old")];
  const script = {
    now: 0,
    reloads: 0,
    loaded: true as boolean | undefined,
    counts: {} as Record<string, RequestCounts>,
  };
  const gates = new Gates(() => script.now);
  const stats = {
    read: async () => ({
      plugins: ["r-new", "r-old"].map((revision) => ({
        ...{ id: view.id, revision, moduleDigest: "", attempt: 1 },
        reloads: revision === "r-new" ? script.reloads : 9,
      })),
    }),
    requests: async (ip: string) => script.counts[ip],
  };
  const look = (after: number, at: Partial<Rollout> = {}) => {
    script.now += after;
    const { loaded } = script;
    const seen = loaded === true;
    const state: LoadedState = { loaded, seen, runs: "r-old", problem: undefined, toldFor: 0 };
    const observed = new Map(plans.map((plan) => [plan, state]));
    return gates.look(view, { ...rollout, ...at }, plans, observed, stats);
  };
  return { script, look };
}

test("requests are counted from the beginning of the step, and of the Envoy", async () => {
  const { script, look } = scripted();
  const count = (tried: [number, number], others: [number, number]) => {
    script.counts = {
      "10.0.0.1": { requests: tried[0], errors: tried[1] },
      "10.0.0.2": { requests: others[0], errors: others[1] },
    };
  };
  count([1000, 1000], [1000, 0]);
  assert.equal(await look(0), undefined, "what was before is no fault of the revision");
  count([1200, 1002], [1200, 0]);
  assert.equal(await look(3_000), undefined, "1% is allowed");
  count([1300, 1050], [1300, 0]);
  assert.equal(await look(500), undefined, "it was asked a moment ago");
  assert.match((await look(3_000)) ?? "", /16\.7% of 300 requests.* on shop\/new,/);
  assert.equal(await look(3_000, { step: 2 }), undefined, "another step");
  count([200, 2], [1600, 0]);
  assert.equal(await look(3_000, { step: 2 }), undefined, "the Envoy began anew");
});

test("a crash is one of the revision that is tried, where it is tried", async () => {
  const { script, look } = scripted();
  assert.equal(await look(0), undefined);
  script.reloads = 1;
  assert.match((await look(3_000)) ?? "", /on shop\/new the filter's VM crashed once/);
});

test("a pod that runs something else is given its time, and one that does not answer is not blamed", async () => {
  const { script, look } = scripted();
  script.loaded = false;
  assert.equal(await look(0), undefined);
  assert.equal(await look(60_000), undefined);
  script.loaded = undefined;
  assert.equal(await look(5_000), undefined);
  script.loaded = false;
  assert.match((await look(5_000)) ?? "", /shop\/new has not loaded it after 70 s, and runs r-old/);
  script.loaded = true;
  assert.equal(await look(5_000), undefined);
  script.loaded = false;
  assert.equal(await look(5_000), undefined, "it begins anew");
});
