import assert from "node:assert/strict";
import { test } from "node:test";
import { podLabel } from "../api/names.js";
import { viewOf } from "../desired/filter-view.js";
import { imageMount } from "../desired/mount.js";
import { type Pod, podFacts } from "../desired/pod.js";
import { planPods } from "./pod-plan.js";
import type { World } from "./world.js";

const filter = { image: "registry.example.com/limit:2" };
const metadata = { namespace: "shop", name: "limit" };
const view = viewOf({ metadata, spec: { filter }, status: { lastGood: "r-old" } } as never, "istio-system");
const reference = (hex: string) => `registry.example.com/limit@sha256:${hex.repeat(64)}`;
const content = (value: string, image?: string) => ({
  ...{ name: value, value, moduleDigest: `sha256:${"0".repeat(64)}`, attempt: 1 },
  ...(image ? { image } : {}),
});
const contents = [content("r-old", reference("a")), content("r-new", reference("b")), content("r-store")];
/** No node has any module. */
const world = {
  candidatesOver: () => [],
  nodeHas: () => false,
} as unknown as World;

/** A pod with these images, by the digits of their digests. */
function pod(images: string[], { onNode = true, label = "" } = {}) {
  const labels = label ? { [podLabel(view.id)]: label } : {};
  const facts = podFacts({ metadata: { namespace: "shop", name: "web", uid: images.join(), labels } });
  return {
    ...facts,
    node: onNode ? "n1" : undefined,
    images: images.map((hex) => imageMount(view.id, reference(hex)).path),
  };
}

function plan(one: ReturnType<typeof pod>, revision = "r-new") {
  const first = { took: () => true, refused: () => false, passed: true, onTrial: false };
  const input = { view, me: undefined, off: undefined, revision, rollout: undefined, contents, world, first };
  const [planned] = planPods([one], input);
  const { label, mounted, able } = planned!;
  return { label, mounted, able };
}

test("a pod runs the revision whose image its own spec mounts; no node has to have anything", () => {
  assert.deepEqual(plan(pod(["b"])), { label: "r-new", mounted: true, able: true });
  assert.deepEqual(plan(pod(["a"], { label: "r-old" })), { label: "r-old", mounted: false, able: true });
  // One that the old template makes meanwhile.
  assert.deepEqual(plan(pod(["a"])), { label: "r-old", mounted: false, able: true });
  assert.equal(plan(pod(["a", "b"], { label: "r-old" })).label, "r-new");
  assert.equal(plan(pod([])).label, undefined, "held");
});

test("its label is there before it is on a node, so that its Envoy begins with it", () => {
  assert.deepEqual(plan(pod(["b"], { onNode: false })), { label: "r-new", mounted: true, able: false });
});

test("an image is no store: a revision that is in the store needs that", () => {
  const both = { ...pod(["b"], { label: "r-new" }), mounted: true };
  assert.deepEqual(plan(both, "r-store"), { label: "r-new", mounted: true, able: true });
  const lacking = pod(["b"], { label: "r-new" });
  assert.deepEqual(plan(lacking, "r-store"), { label: "r-new", mounted: false, able: false });
});

test("of a filter that never ran one serving pod begins with nothing; a new one only beside pods that serve so", () => {
  const never = viewOf({ metadata, spec: { filter } } as never, "istio-system");
  const here = { ...world, nodeHas: () => true } as unknown as World;
  const refused = ({ metadata }: Pod) => metadata.name === "refuses";
  const first = { took: () => false, refused, passed: false, onTrial: true };
  const all = [content("noop"), content("r-new")];
  const labels = (...pods: Partial<Pod>[]) => {
    const made = pods.map((facts, index) => {
      const base = podFacts({ metadata: { namespace: "shop", name: `web-${index}`, uid: `${index}` } });
      return { ...base, node: "n1", mounted: true, workload: "Deployment/web", ...facts } as Pod;
    });
    const input = {
      view: never,
      me: undefined,
      off: undefined,
      revision: "r-new",
      rollout: undefined,
      contents: all,
      first,
    };
    return planPods(made, { ...input, world: here }).map(({ label }) => label);
  };
  const serves = { proxyState: "ready" } as const;
  const starts = { proxyState: "starting" } as const;
  assert.deepEqual(labels(serves, serves), ["noop", undefined]);
  assert.deepEqual(labels(starts, serves), ["noop", "noop"], "its siblings serve without it");
  const metadataOf = (label: string, name = "told") => ({
    metadata: { namespace: "shop", name, uid: name, labels: { [podLabel(never.id)]: label } },
  });
  assert.deepEqual(labels(starts, { ...serves, ...metadataOf("noop") }), ["noop", "noop"]);
  assert.equal(
    labels(starts, serves, { ...serves, ...metadataOf("r-new") })[0],
    "r-new",
    "one has it already",
  );
  const refuses = { ...serves, ...metadataOf("r-new", "refuses") };
  assert.equal(labels(starts, refuses)[0], "noop", "the one that was told does not run it");
  assert.deepEqual(labels(starts, starts), ["r-new", "r-new"], "nobody serves");
  assert.deepEqual(labels({ ...starts, workload: undefined }, serves), ["r-new", "noop"], "a pod of its own");
  assert.deepEqual(labels({ ...starts, workload: "Deployment/other" }, serves), ["r-new", "noop"]);
});
