import assert from "node:assert/strict";
import { test } from "node:test";
import { podFacts } from "../desired/pod.js";
import type { LoadedPlugin } from "./envoy-stats.js";
import { LoadedTracker } from "./loaded-tracker.js";
import type { StatsAnswer } from "./stats-reader.js";

const id = "0123456789";
const plugin = (revision: string, attempt = 1): LoadedPlugin => ({
  ...{ id, revision, attempt, reloads: 0 },
  moduleDigest: `sha256:${"ab".repeat(32)}`,
});
const told = { id, value: "r-new", attempt: 1 };

function pod(restartCount = 0) {
  const containerStatuses = [{ name: "istio-proxy", restartCount }];
  return podFacts({
    metadata: { namespace: "shop", name: "web", uid: "u" },
    status: { podIP: "10.0.0.1", containerStatuses },
  } as never);
}

/** A tracker of an Envoy that answers as told, on a clock that is moved by hand. */
function scripted() {
  const script = { answer: { plugins: [] } as StatsAnswer, now: 0, asked: 0 };
  const read = async () => {
    script.asked++;
    return script.answer;
  };
  return { script, tracker: new LoadedTracker({ read }, () => script.now) };
}

test("what was said to be loaded, by an operator before this one, is so at the first sight", async () => {
  const { script, tracker } = scripted();
  script.answer = { plugins: [plugin("r-new")] };
  assert.equal((await tracker.look(pod(), { ...told, said: true })).loaded, true);
  script.now = 500;
  script.answer = { plugins: [plugin("r-old")] };
  assert.equal((await tracker.look(pod(), { ...told, said: true })).loaded, false, "it is asked again");
});

test("crashes are told as they were counted when it was asked", async () => {
  const { script, tracker } = scripted();
  script.answer = {
    plugins: [
      { ...plugin("r-new"), reloads: 3 },
      { ...plugin("r-old"), reloads: 5 },
    ],
  };
  assert.equal((await tracker.look(pod(), { ...told, said: true })).reloads, 3);
});

test("what stays is loaded, and is not asked for again for a while", async () => {
  const { script, tracker } = scripted();
  script.answer = { plugins: [plugin("r-new")] };
  const state = { runs: "r-new", problem: undefined, seen: true };
  assert.deepEqual(await tracker.look(pod(), told), { ...state, loaded: false, toldFor: 0 });
  script.now = 1_000;
  assert.deepEqual(await tracker.look(pod(), told), { ...state, loaded: true, toldFor: 1_000 });
  script.now = 5 * 60_000;
  assert.equal((await tracker.look(pod(), told)).loaded, true);
  assert.equal(script.asked, 2);
  script.now = 7 * 60_000;
  assert.equal((await tracker.look(pod(), told)).loaded, true);
  assert.equal(script.asked, 3);
  // Another start of the Envoy, or another attempt, is another question.
  assert.equal((await tracker.look(pod(1), told)).loaded, false);
  assert.equal((await tracker.look(pod(1), { ...told, attempt: 2 })).loaded, false);
  assert.equal(script.asked, 5);
});

test("what Envoy tries for a moment, and rejects, is never loaded", async () => {
  const { script, tracker } = scripted();
  const looks: unknown[] = [];
  for (const [now, plugins] of [
    [0, [plugin("r-old"), plugin("r-new")]],
    [1_500, [plugin("r-old")]],
    [3_000, [plugin("r-old"), plugin("r-new")]],
    [3_900, [plugin("r-old"), plugin("r-new")]],
    [4_500, []],
    [6_000, [plugin("r-new")]],
  ] as const) {
    Object.assign(script, { now, answer: { plugins } });
    looks.push((await tracker.look(pod(), told)).loaded);
  }
  assert.deepEqual(new Set(looks), new Set([false]));
});

test("what stays beside an old one that a long stream still uses is loaded", async () => {
  const { script, tracker } = scripted();
  script.answer = { plugins: [plugin("r-old"), plugin("r-new")] };
  await tracker.look(pod(), told);
  script.now = 2_000;
  const { loaded, runs } = await tracker.look(pod(), told);
  assert.deepEqual([loaded, runs], [true, "r-new,r-old"]);
});

test("content that does nothing is loaded when nothing of the filter is there", async () => {
  const { script, tracker } = scripted();
  const noop = { id, value: "noop", attempt: 1 };
  script.answer = { plugins: [plugin("r-old")] };
  assert.equal((await tracker.look(pod(), noop)).loaded, false);
  script.answer = { plugins: [{ ...plugin("r-old"), id: "9876543210" }] };
  await tracker.look(pod(), noop);
  script.now = 1_000;
  assert.equal((await tracker.look(pod(), noop)).loaded, true);
});

test("an Envoy that does not answer, or has no address, is neither", async () => {
  const { script, tracker } = scripted();
  script.answer = { unreachable: "no answer" };
  const silent = await tracker.look(pod(), told);
  assert.deepEqual([silent.loaded, silent.problem], [undefined, "no answer"]);
  const nowhere = await tracker.look({ ...pod(), ip: undefined }, told);
  assert.match(nowhere.problem ?? "", /no address/);
});
