import assert from "node:assert/strict";
import { test } from "node:test";
import { useAnnotation } from "../api/names.js";
import { podFacts } from "./pod.js";
import { type Candidate, winnerOn } from "./precedence.js";

const base = {
  rootId: "limit",
  direction: "Inbound" as const,
  createdAt: "2026-01-01T00:00:00Z",
  matchLabels: undefined,
};
const mesh: Candidate = { ...base, key: "istio-system/mesh", namespace: "istio-system", meshWide: true };
const namespace: Candidate = { ...base, key: "shop/all", namespace: "shop", meshWide: false };
const workload: Candidate = {
  ...base,
  key: "shop/one",
  namespace: "shop",
  meshWide: false,
  matchLabels: { app: "cart" },
};
const later: Candidate = { ...workload, key: "shop/a-later", createdAt: "2026-01-02T00:00:00Z" };
const sameTime: Candidate = { ...workload, key: "shop/zzz" };

function pod(annotations: Record<string, string> = {}, labels: Record<string, string> = { app: "cart" }) {
  return podFacts({
    metadata: { name: "p", namespace: "shop", labels, annotations },
    spec: { containers: [{ name: "istio-proxy", args: ["proxy", "sidecar"] }] },
  } as never);
}

test("workload before namespace before mesh, then the oldest, then by name; the same for everyone who asks", () => {
  const ranking = [workload, sameTime, later, namespace, mesh];
  for (const present of subsets(ranking)) {
    const best = ranking.find((each) => present.includes(each))!;
    for (const me of present) {
      for (const order of [present, [...present].reverse()]) {
        assert.equal(winnerOn(pod(), me, order), best.key, `${me.key} among ${order.map(({ key }) => key)}`);
      }
    }
  }
});

test("a pod's annotation goes before all, but only to one that selects the pod", () => {
  const all = [mesh, namespace, workload];
  const use = useAnnotation("limit");
  for (const { key } of all) assert.equal(winnerOn(pod({ [use]: key }), mesh, all), key);
  assert.equal(winnerOn(pod({ [use]: "none" }), mesh, all), "none");
  assert.equal(winnerOn(pod({ [use]: "other/filter" }), mesh, all), workload.key);
  assert.equal(winnerOn(pod({ [use]: workload.key }, { app: "db" }), mesh, all), namespace.key);
  assert.equal(winnerOn(pod({ [useAnnotation("another")]: "none" }), mesh, all), workload.key);
});

test("another plugin, direction or namespace is no rival", () => {
  const strangers: Candidate[] = [
    { ...workload, key: "shop/x", rootId: "other" },
    { ...workload, key: "shop/y", direction: "Outbound" },
    { ...workload, key: "db/z", namespace: "db" },
    { ...workload, key: "shop/w", matchLabels: { app: "db" } },
  ];
  assert.equal(winnerOn(pod(), mesh, [mesh, ...strangers]), mesh.key);
});

function subsets<T>(items: readonly T[]): T[][] {
  const found: T[][] = [[]];
  for (const item of items) found.push(...found.map((each) => [...each, item]));
  return found.filter(({ length }) => length > 0);
}
