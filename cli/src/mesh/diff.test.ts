import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDiff, fieldChanges } from "./diff.js";

test("fields that are new, gone and other are told by their paths; lists are values", () => {
  const from = { a: 1, b: { c: [1, 2], d: "x" }, e: {}, f: null };
  const to = { a: 1, b: { c: [2, 1], g: { h: true } }, e: { i: [] }, f: 0 };
  assert.deepEqual(fieldChanges("spec", from, to), [
    { path: "spec.b.c", from: [1, 2], to: [2, 1] },
    { path: "spec.b.d", from: "x" },
    { path: "spec.b.g.h", to: true },
    { path: "spec.e.i", to: [] },
    { path: "spec.f", from: null, to: 0 },
  ]);
  assert.deepEqual(fieldChanges("spec", from, structuredClone(from)), []);
  assert.deepEqual(fieldChanges("spec", undefined, { a: {} }), [{ path: "spec.a", to: {} }]);
  assert.deepEqual(fieldChanges("spec", { a: { b: 1 } }, { a: 2 }), [
    { path: "spec.a", from: { b: 1 }, to: 2 },
  ]);
});

test("a tag that names something else than what is in force is told", () => {
  const same = { namespace: "shop", name: "a", exists: true, changes: [], digest: "sha256:1" };
  assert.equal(describeDiff({ ...same, resolvedDigest: "sha256:1" }), "shop/a: nothing would change");
  assert.match(
    describeDiff({ ...same, resolvedDigest: "sha256:0" }),
    /names sha256:1 now; sha256:0 is in force/,
  );
  const image = { path: "spec.filter.image", from: "a:1", to: "a:2" };
  assert.equal(
    describeDiff({ ...same, changes: [image], resolvedDigest: "sha256:0" }),
    'shop/a: would change\n- spec.filter.image: "a:1"\n+ spec.filter.image: "a:2"',
  );
});
