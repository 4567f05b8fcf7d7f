import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { viewOf } from "../desired/filter-view.js";
import { podFacts } from "../desired/pod.js";
import type { Rollout } from "../desired/rollout.js";
import type { LoadedState } from "../loaded/index.js";
import type { PodPlan } from "./pod-plan.js";
import type { Resolution } from "./resolve.js";
import { isProven, moveRollout, stageRollout } from "./stage-rollout.js";

const now = Date.parse("2026-01-01T00:00:00Z");
const finding = { status: "True", reason: "Resolved", message: "" } as const;
const resolution: Resolution = {
  ...{ resolved: undefined, revision: "r-new", Resolved: finding, Verified: finding },
  content: {
    ...{ kind: "http", moduleDigest: "", rootId: "limit", config: undefined, failurePolicy: "FailReload" },
    env: {},
  },
};
const contents = ["r-old", "r-new"].map((value) => ({ name: value, value, moduleDigest: "", attempt: 1 }));

function viewed(status: FilterDeployment["status"], spec: object = {}) {
  const filter = {
    metadata: { namespace: "shop", name: "limit", generation: 2 },
    spec: {
      filter: { image: "registry.example.com/limit:2" },
      rollout: { steps: [{ share: "50%" }] },
      ...spec,
    },
    ...(status ? { status } : {}),
  };
  return viewOf(filter, "istio-system");
}

function staged(status: FilterDeployment["status"], spec: object = {}, asked = resolution, known = contents) {
  return stageRollout(viewed(status, spec), asked, known, now);
}

interface PlannedPod {
  wanted: string;
  loaded?: boolean;
  able?: boolean;
  winner?: string;
  workload?: string;
}

/** Plans of pods that shall run these revisions, and what their Envoys were seen to run. */
function pods(...all: PlannedPod[]) {
  const observed = new Map<PodPlan, LoadedState>();
  const plans = all.map(({ wanted, loaded, able = true, winner, workload }, n): PodPlan => {
    const facts = podFacts({ metadata: { namespace: "shop", name: `web-${n}`, uid: `${n}` } });
    const pod = { ...facts, node: "n", mounted: able, workload };
    const plan = { pod, wanted, label: wanted, mounted: able, able, waits: false, winner };
    const state = { runs: "", problem: undefined, toldFor: 0 };
    if (loaded !== undefined) observed.set(plan, { loaded, seen: loaded, ...state });
    return plan;
  });
  return { plans, observed };
}

const view = viewed(undefined);
const first = staged({ lastGood: "r-old" });
const rollout = first.rollout as Rollout;
const back: Rollout = { ...rollout, phase: "RolledBack", share: "0%", message: "it crashed" };

test("a rollout needs a revision that was good, and its content", () => {
  assert.deepEqual([rollout.revision, rollout.stable, first.inForce], ["r-new", "r-old", resolution]);
  assert.equal(staged(undefined).rollout, undefined);
  assert.equal(staged({ lastGood: "r-old" }, {}, resolution, contents.slice(1)).rollout, undefined);
  const known = staged({ lastGood: "r-old", rollout }, {}, resolution, contents.slice(1));
  assert.deepEqual(known.rollout, rollout, "it has begun: nobody else gets what is being tried");
  const undone = staged({ lastGood: "r-old", rollout: back }, {}, resolution, contents.slice(1));
  assert.deepEqual(undone.rollout, back, "nor what was taken back");
  const older = { ...rollout, revision: "r-older" };
  assert.equal(
    staged({ lastGood: "r-old", rollout: older }, {}, resolution, contents.slice(1)).rollout,
    undefined,
  );
  assert.equal(staged({ lastGood: "r-old" }, { rollout: undefined }).rollout, undefined);
});

test("of what was taken back nothing is left but what it was resolved to", () => {
  const { inForce } = staged({ lastGood: "r-old", rollout: back });
  assert.deepEqual(inForce, { ...resolution, content: undefined, revision: "r-old" });
});

test("paused, or with a spec that is not resolved yet, it moves neither on nor back", () => {
  const { plans, observed } = pods({ wanted: "r-new", loaded: true });
  const unresolved = { ...resolution, content: undefined };
  for (const stage of [
    staged({ lastGood: "r-old", rollout }, { paused: true }),
    staged({ lastGood: "r-old", rollout }, {}, unresolved),
  ]) {
    const seen = { failure: "it crashed", view, now };
    assert.deepEqual(moveRollout(stage, plans, observed, seen), { rollout, after: undefined });
  }
});

test("a step has ended when all its pods that can run it do; another filter's and others do not count", () => {
  const phase = (...all: Parameters<typeof pods>) => {
    const { plans, observed } = pods(...all);
    return moveRollout(first, plans, observed, { failure: undefined, view, now }).rollout?.phase;
  };
  const old = { wanted: "r-old", loaded: false };
  const unable = { wanted: "r-new", able: false };
  const lost = { wanted: "noop", loaded: false, winner: "shop/other" };
  assert.equal(phase({ wanted: "r-new", loaded: true }, old, unable, lost), "Paused");
  assert.equal(phase({ wanted: "r-new", loaded: true }, { wanted: "r-new" }), "Progressing");
  assert.equal(phase({ wanted: "r-new", loaded: true }, { wanted: "r-new", loaded: false }), "Progressing");
  assert.equal(phase(old, unable, lost), "Progressing", "nobody tries it");
});

test("a step by workload waits while none of its workloads has a pod that can run the revision", () => {
  const steps = [{ share: "10%" }, { workloads: ["Deployment/a", "shop/Deployment/b"] }];
  const spec = { rollout: { steps } };
  const { share: _, ...begun } = rollout;
  const known = { ...begun, step: 2, steps: 2, workloads: steps[1]!.workloads!, earlier: ["10%"] };
  const stage = staged({ lastGood: "r-old", rollout: known }, spec);
  assert.deepEqual(stage.rollout, known);
  const move = (...all: PlannedPod[]) => {
    const { plans, observed } = pods(...all);
    const { rollout: next } = moveRollout(stage, plans, observed, { failure: undefined, view, now });
    return [next?.phase, next?.message?.replace(/,? so nobody.*/, "")];
  };
  const earlier = { wanted: "r-new", loaded: true, workload: "Deployment/web" };
  const none = ["Progressing", "none of Deployment/a, shop/Deployment/b has a pod that could run it"];
  assert.deepEqual(move(earlier), none);
  assert.deepEqual(move(earlier, { wanted: "r-new", workload: "Deployment/a", able: false }), none);
  const lost = { wanted: "noop", workload: "Deployment/a", winner: "shop/other" };
  assert.deepEqual(move(earlier, lost), none);
  assert.deepEqual(move(earlier, { wanted: "r-new", workload: "Deployment/b" }), ["Progressing", undefined]);
  const settled = { wanted: "r-new", loaded: true, workload: "Deployment/b" };
  assert.deepEqual(move(earlier, settled), ["Paused", undefined]);
});

test("a revision is proven when no step is left and all pods that can run it do", () => {
  const good = pods({ wanted: "r-new", loaded: true }, { wanted: "r-new", able: false });
  const isGood = (stage: typeof first, { plans, observed } = good) => isProven(stage, plans, observed);
  const atOnce = { ...first, rollout: undefined };
  assert.ok(isGood(atOnce));
  assert.ok(isGood({ ...first, rollout: { ...rollout, phase: "Promoted" } }));
  assert.ok(!isGood(first), "the only pod tries it");
  assert.ok(!isGood(atOnce, pods({ wanted: "r-new", able: false })), "nobody runs it");
  assert.ok(!isGood(atOnce, pods({ wanted: "r-new", loaded: true }, { wanted: "r-new" })));
});
