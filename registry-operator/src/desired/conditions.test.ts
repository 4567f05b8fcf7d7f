import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionsFrom, type Finding } from "./conditions.js";

const good: Finding = { status: "True", reason: "Done", message: "" };
const all = {
  Resolved: good,
  Verified: good,
  Distributed: good,
  Mounted: good,
  Programmed: good,
  Loaded: good,
};

test("Ready follows from the others, and says what the first that fails says", () => {
  const ready = conditionsFrom(all, [], 3, "now").at(-1);
  assert.deepEqual([ready?.type, ready?.status, ready?.observedGeneration], ["Ready", "True", 3]);
  const bad: Finding = { status: "False", reason: "ImageNotFound", message: "no such image" };
  const conditions = conditionsFrom({ Resolved: bad }, [], 1, "now");
  assert.deepEqual(
    conditions.map(({ status }) => status),
    ["False", "Unknown", "Unknown", "Unknown", "Unknown", "Unknown", "False"],
  );
  assert.equal(conditions.at(-1)?.reason, "ImageNotFound");
});

test("the time is of the last change of status", () => {
  const before = conditionsFrom(all, [], 1, "then");
  const bad: Finding = { status: "False", reason: "NotLoaded", message: "" };
  const after = conditionsFrom({ ...all, Loaded: bad }, before, 2, "now");
  const times = Object.fromEntries(after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
  assert.deepEqual([times.Resolved, times.Loaded, times.Ready], ["then", "now", "now"]);
});

test("a rollout is said when all else is well; that it was taken back, before what follows", () => {
  const bad: Finding = { status: "False", reason: "NodesMissing", message: "" };
  const readyWith = (findings: object, reason: string) => {
    const rollout: Finding = { status: "False", reason, message: "" };
    return conditionsFrom(findings, [], 1, "now", rollout).at(-1)?.reason;
  };
  assert.equal(readyWith(all, "RolloutPaused"), "RolloutPaused");
  assert.equal(readyWith({ ...all, Distributed: bad }, "RolloutPaused"), "NodesMissing");
  assert.equal(readyWith({ ...all, Distributed: bad }, "RolledBack"), "RolledBack");
  assert.equal(readyWith({ ...all, Resolved: { ...bad, reason: "Resolving" } }, "RolledBack"), "Resolving");
});
