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

function staged(status: FilterDeployment["status"], spec: object = {}, asked = resolution, known = contents) {
  const filter = {
    metadata: { namespace: "shop", name: "limit", generation: 2 },
    spec: {
      filter: { image: "registry.example.com/limit:2" },
      rollout: { steps: [{ share: "50%" }] },
      ...spec,
    },
    ...(status ? { status } : {}),
  };
  return stageRollout(viewOf(filter, "istio-system"), asked, known, now);
}

/** Plans of pods that shall run these revisions, and what their Envoys were seen to run. */
function pods(...all: { wanted: string; loaded?: boolean; able?: boolean; winner?: string }[]) {
  const observed = new Map<PodPlan, LoadedState>();
  const plans = all.map(({ wanted, loaded, able = true, winner }, n): PodPlan => {
    const facts = podFacts({ metadata: { namespace: "shop", name: `web-${n}`, uid: `${n}` } });
    const pod = { ...facts, node: "n", mounted: able };
    const plan = { pod, wanted, label: wanted, winner };
    if (loaded !== undefined) observed.set(plan, { loaded, runs: "", problem: undefined, toldFor: 0 });
    return plan;
  });
  return { plans, observed };
}

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
    const seen = { failure: "it crashed", generation: 2, now };
    assert.deepEqual(moveRollout(stage, plans, observed, seen), { rollout, after: undefined });
  }
});

test("a step has ended when all its pods that can run it do; another filter's and others do not count", () => {
  const phase = (...all: Parameters<typeof pods>) => {
    const { plans, observed } = pods(...all);
    return moveRollout(first, plans, observed, { failure: undefined, generation: 2, now }).rollout?.phase;
  };
  const old = { wanted: "r-old", loaded: false };
  const unable = { wanted: "r-new", able: false };
  const lost = { wanted: "noop", loaded: false, winner: "shop/other" };
  assert.equal(phase({ wanted: "r-new", loaded: true }, old, unable, lost), "Paused");
  assert.equal(phase({ wanted: "r-new", loaded: true }, { wanted: "r-new" }), "Progressing");
  assert.equal(phase({ wanted: "r-new", loaded: true }, { wanted: "r-new", loaded: false }), "Progressing");
  assert.equal(phase(old, unable, lost), "Progressing", "nobody tries it");
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
