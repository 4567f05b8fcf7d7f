import assert from "node:assert/strict";
import { test } from "node:test";
import { SourcePlaces } from "./source-places.js";

// Offsets 0: lib, 4: as-pect, 8: the spec at 3:5, 12: made up by the compiler.
const places = new SourcePlaces(
  JSON.stringify({
    version: 3,
    names: [],
    sources: [
      "~lib/array.ts",
      "../../node_modules/@as-pect/assembly/assembly/call.ts",
      "assembly/__tests__/a.spec.ts",
    ],
    mappings: "AAAA,ICAA,ICEI,I",
  }),
);
const frame = (offset: number) => `    at f (wasm://wasm/1:wasm-function[1]:0x${offset.toString(16)})`;

test("the innermost frame that is not a library's", () => {
  const stack = ["Error: x", frame(0), frame(4), frame(8), "    at g (file:///a.js:1:1)"].join("\n");
  assert.equal(places.ofStack(stack), "assembly/__tests__/a.spec.ts:3:5");
});

test("an instruction without a source has the place of the one before it", () => {
  assert.equal(places.ofOffset(14), "assembly/__tests__/a.spec.ts:3:5");
});

test("where there is only a library, that; without a frame of the module, nothing", () => {
  assert.equal(places.ofStack(frame(1)), "~lib/array.ts:1:1");
  assert.equal(places.ofStack("Error: x\n    at g (file:///a.js:1:1)"), undefined);
});
