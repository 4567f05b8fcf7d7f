import assert from "node:assert/strict";
import { test } from "node:test";
import { Nudges } from "./nudge-pods.js";
import { recordedServices, toldPod } from "./testing/told-pod.js";

test("who does not run what it was told is told once more, and once only", async () => {
  const { written, services } = recordedServices();
  const nudges = new Nudges();
  const observed = new Map([
    toldPod("a", { toldFor: 5_000 }),
    toldPod("b", { loaded: true, toldFor: 5_000 }),
  ]);
  await nudges.nudge("shop/limit", 1, observed, services);
  const expected = [
    'patch web-a {"uid":"a","labels":{"meshwasm.io/nudge":"now"}}',
    'patch web-a {"uid":"a","labels":{"meshwasm.io/nudge":null}}',
  ];
  assert.deepEqual(written, expected);
  await nudges.nudge("shop/limit", 1, new Map([toldPod("a", { toldFor: 9_000 })]), services);
  assert.deepEqual(written, expected);
  await nudges.nudge("shop/limit", 2, new Map([toldPod("a", { toldFor: 9_000 })]), services);
  assert.equal(written.length, 4, "another attempt is another thing to say");
});

test("who was told just now, does not answer, is not ready or was seen to have it is left alone", async () => {
  const { written, services } = recordedServices();
  const observed = new Map([
    toldPod("a", { toldFor: 1_000 }),
    toldPod("b", { loaded: undefined, toldFor: 60_000 }),
    toldPod("c", { toldFor: 60_000, ready: false }),
    toldPod("d", { toldFor: 60_000, seen: true }),
  ]);
  await new Nudges().nudge("shop/limit", 1, observed, services);
  assert.deepEqual(written, []);
});
