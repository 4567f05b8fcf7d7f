import assert from "node:assert/strict";
import { test } from "node:test";
import { durationMillis, rolloutSteps } from "./rollout-steps.js";

test("steps are read from the spec; without a rollout there are none", () => {
  const filter = { image: "registry.example.com/limit:1" };
  assert.deepEqual(rolloutSteps({ filter }), []);
  const workloads = ["Deployment/canary"];
  const steps = [
    { share: "5%", pause: "1h30m" },
    { share: "50%" },
    { workloads },
    { share: "100%", pause: "0s" },
  ];
  assert.deepEqual(rolloutSteps({ filter, rollout: { steps } }), [
    { share: 5, pause: 5_400_000 },
    { share: 50, pause: undefined },
    { workloads, pause: undefined },
    { share: 100, pause: 0 },
  ]);
});

test("durations are in hours, minutes and seconds", () => {
  for (const [text, millis] of [
    ["30s", 30_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["1m30s", 90_000],
    ["0s", 0],
  ] as const) {
    assert.equal(durationMillis(text), millis, text);
  }
});
