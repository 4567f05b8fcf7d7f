import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "./canonical-json.js";

test("keys are sorted at every depth, lists keep their order, undefined is left out", () => {
  assert.equal(
    canonicalJson({ b: [{ d: 1, c: null }], a: undefined, A: "ä" }),
    '{"A":"ä","b":[{"c":null,"d":1}]}',
  );
});
