import assert from "node:assert/strict";
import { test } from "node:test";
import { type Content, isRevision, revisionOf } from "./revision.js";

const content: Content = {
  kind: "http",
  moduleDigest: `sha256:${"0".repeat(64)}`,
  rootId: "a",
  config: { x: 1, y: { z: [1, 2] } },
  failurePolicy: "FailReload",
  env: { A: "1" },
};

test("a revision has its form, and does not depend on the order of keys", () => {
  assert.ok(isRevision(revisionOf(content)));
  assert.equal(revisionOf({ ...content, config: { y: { z: [1, 2] }, x: 1 } }), revisionOf(content));
});

test("whatever Envoy would see changes the revision", () => {
  const others: Partial<Content>[] = [
    { kind: "network" },
    { moduleDigest: `sha256:${"1".repeat(64)}` },
    { rootId: "b" },
    { config: { x: 1, y: { z: [2, 1] } } },
    { config: undefined },
    { failurePolicy: "FailOpen" },
    { env: {} },
  ];
  const revisions = others.map((other) => revisionOf({ ...content, ...other }));
  assert.equal(new Set([...revisions, revisionOf(content)]).size, others.length + 1);
});
