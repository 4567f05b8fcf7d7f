import assert from "node:assert/strict";
import { test } from "node:test";
import { podFacts } from "../desired/pod.js";
import type { LoadedState } from "../loaded/index.js";
import { Nudges } from "./nudge-pods.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";

/** A pod that was told, and what was seen of it. */
function told(uid: string, loaded: boolean | undefined, toldFor: number, ready = true) {
  const containerStatuses = [{ name: "istio-proxy", restartCount: 0, ready, state: { running: {} } }];
  const metadata = { namespace: "shop", name: `web-${uid}`, uid };
  const plan: PodPlan = {
    pod: podFacts({ metadata, status: { containerStatuses } } as never),
    ...{ wanted: "r-new", label: "r-new", winner: undefined },
  };
  const state: LoadedState = { loaded, runs: "r-old", problem: undefined, toldFor };
  return [plan, state] as const;
}

/** What is written to the API server. */
function recorder() {
  const written: string[] = [];
  const services = {
    log: { info: () => {} },
    observe: { nudged: () => {} },
    world: { pods: { put: () => {} } },
    client: {
      mergePatch: async (_: unknown, { name }: { name: string }, { metadata }: { metadata: object }) => {
        written.push(`${name} ${JSON.stringify(metadata)}`);
        return {};
      },
    },
  } as unknown as Services;
  return { written, services };
}

test("who does not run what it was told is told once more, and once only", async () => {
  const { written, services } = recorder();
  const nudges = new Nudges();
  const observed = new Map([told("a", false, 5_000), told("b", true, 5_000)]);
  await nudges.nudge("shop/limit", 1, observed, services);
  const expected = [
    'web-a {"uid":"a","labels":{"meshwasm.io/nudge":"now"}}',
    'web-a {"uid":"a","labels":{"meshwasm.io/nudge":null}}',
  ];
  assert.deepEqual(written, expected);
  await nudges.nudge("shop/limit", 1, new Map([told("a", false, 9_000)]), services);
  assert.deepEqual(written, expected);
  await nudges.nudge("shop/limit", 2, new Map([told("a", false, 9_000)]), services);
  assert.equal(written.length, 4, "another attempt is another thing to say");
});

test("who was told just now, does not answer or is not ready is left alone", async () => {
  const { written, services } = recorder();
  const observed = new Map([
    told("a", false, 1_000),
    told("b", undefined, 60_000),
    told("c", false, 60_000, false),
  ]);
  await new Nudges().nudge("shop/limit", 1, observed, services);
  assert.deepEqual(written, []);
});
