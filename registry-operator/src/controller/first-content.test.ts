import assert from "node:assert/strict";
import { test } from "node:test";
import { noop, podLabel } from "../api/names.js";
import { type Pod, podFacts } from "../desired/pod.js";
import type { StatsAnswer } from "../loaded/index.js";
import { FirstContents } from "./first-content.js";
import type { Observed } from "./observe-loaded.js";

const filter = { key: "shop/hello", id: "0123456789" };
const other = "9876543210";

function pod(name: string, label: string | undefined, { ready = true, restartCount = 0 } = {}) {
  const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
  return podFacts({
    metadata: {
      ...{ namespace: "shop", name, uid: name },
      labels: label === undefined ? {} : { [podLabel(filter.id)]: label },
    },
    spec: { containers: [{ name: "istio-proxy" }] },
    status: { podIP: name, containerStatuses: [{ name: "istio-proxy", ready, restartCount, state }] },
  } as never);
}

/** What was seen of a pod that runs what it was told, or does not. */
function loaded(seen: Pod, revision: string, isLoaded = true): Observed {
  const plan = { pod: seen, wanted: revision, label: revision, winner: undefined } as never;
  return new Map([
    [plan, { loaded: isLoaded, seen: isLoaded, runs: revision, problem: undefined, toldFor: 0 }],
  ]);
}

/** On a clock that is moved by hand, with Envoys that answer as told. */
function scripted() {
  const script = { answer: { plugins: [] } as StatsAnswer, now: 0, asked: [] as string[] };
  const read = async (ip: string) => {
    script.asked.push(ip);
    return script.answer;
  };
  return { script, first: new FirstContents({ read }, () => script.now) };
}

test("who has a label of another content is asked until it shows something of this filter, then no more", async () => {
  const { script, first } = scripted();
  const pods = [
    pod("told", noop),
    pod("untold", undefined),
    pod("starting", noop, { ready: false }),
    pod("new", "r-new"),
  ];
  script.answer = { plugins: [], noops: new Set([other]) };
  const before = await first.look(filter, pods, "r-new");
  assert.deepEqual(script.asked, ["told"]);
  assert.deepEqual([pods.some(before.took), before.passed, before.after], [false, false, 100]);
  script.answer = { plugins: [], noops: new Set([filter.id]) };
  const later = await first.look(filter, pods, "r-new");
  assert.deepEqual(pods.filter(later.took), [pods[0]]);
  await first.look(filter, pods, "r-new");
  assert.deepEqual(script.asked, ["told", "told"]);
  // An Envoy that was started again has nothing.
  await first.look(filter, [pod("told", noop, { restartCount: 1 })], "r-new");
  assert.equal(script.asked.length, 3);
});

test("a revision is on trial until one Envoy runs it, or for a while", async () => {
  const { script, first } = scripted();
  const pods = [pod("one", noop), pod("two", undefined)];
  const begun = await first.look(filter, pods, "r-new");
  assert.deepEqual([begun.onTrial, begun.passed], [true, false]);
  script.now = 60_000;
  assert.equal((await first.look(filter, pods, "r-new")).onTrial, true, "no pod is told yet");
  const told = [pod("one", "r-new"), pod("two", undefined)];
  assert.equal((await first.look(filter, told, "r-new")).after, 250);
  script.now = 89_000;
  assert.equal((await first.look(filter, told, "r-new")).onTrial, true);
  script.now = 90_000;
  assert.equal((await first.look(filter, told, "r-new")).onTrial, false, "it shows nothing");
  const again = await first.look(filter, pods, "r-newer");
  assert.equal(again.onTrial, true, "another one");
  first.note(filter, loaded(pod("one", "r-new"), "r-new"));
  assert.equal((await first.look(filter, pods, "r-newer")).passed, false, "not this one");
  first.note(filter, loaded(pod("one", "r-newer"), "r-newer"));
  const passed = await first.look(filter, pods, "r-newer");
  assert.deepEqual([passed.onTrial, passed.passed], [false, true]);
});

test("who was seen to run something else than its label says, until it does", async () => {
  const { first } = scripted();
  const one = pod("one", "r-new");
  const isRefused = async () => (await first.look(filter, [one], "r-new")).refused(one);
  assert.equal(await isRefused(), false, "not known");
  first.note(filter, loaded(one, "r-new", false));
  assert.equal(await isRefused(), true);
  first.note(filter, loaded(one, "r-new"));
  assert.equal(await isRefused(), false);
});

test("where nothing may be refused nobody is asked", async () => {
  const { script, first } = scripted();
  await first.look(filter, [pod("told", noop)], undefined);
  assert.deepEqual(script.asked, []);
});

test("an Envoy that does not say is not waited for", async () => {
  const { script, first } = scripted();
  script.answer = { unreachable: "no answer" };
  const told = pod("told", "r-old");
  assert.equal((await first.look(filter, [told], "r-new")).took(told), false);
  script.now = 8_000;
  assert.equal((await first.look(filter, [told], "r-new")).after, 2_000);
  script.now = 10_000;
  const { took, after } = await first.look(filter, [told], "r-new");
  assert.deepEqual([took(told), after], [true, undefined]);
});

test("what was seen to be loaded is not asked for", async () => {
  const { script, first } = scripted();
  const told = pod("told", "r-old");
  await first.look(filter, [], "r-old");
  first.note(filter, loaded(told, "r-old"));
  assert.equal((await first.look(filter, [told], "r-new")).took(told), true);
  assert.deepEqual(script.asked, []);
});
