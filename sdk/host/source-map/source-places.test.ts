import assert from "node:assert/strict";
import { test } from "node:test";
import { functionStarts } from "../module/function-starts.js";
import { wat } from "../testing/wat.js";
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

test("library code that was put into the author's function has the place before it, of this function only", () => {
  const body = "(drop (i32.const 1)) (drop (i32.const 2))";
  const wasm = wat(`(module (func ${body}) (func ${body}))`);
  const [first = 0, second = 0] = functionStarts(wasm);
  assert.equal(second - first, 9);
  // The first function: the author's at 3:1, then the library's. The second: the library's only.
  const map = {
    version: 3,
    names: [],
    sources: ["assembly/index.ts", "~lib/array.ts"],
    mappings: `${vlq(first + 1)}AEA,${vlq(3)}CAA,${vlq(second - first - 3)}AAA`,
  };
  const found = new SourcePlaces(JSON.stringify(map), wasm);
  const inner = first + 5;
  assert.equal(found.ofOffset(inner), "~lib/array.ts:3:1");
  assert.equal(found.inlinedIn(inner), "assembly/index.ts:3:1");
  assert.equal(found.ofStack(frame(inner)), "assembly/index.ts:3:1");
  assert.equal(found.ofOffset(second + 3), "~lib/array.ts:3:1");
  assert.equal(found.inlinedIn(second + 3), undefined);
  assert.equal(found.ofStack(frame(second + 3)), "~lib/array.ts:3:1");
  assert.equal(found.inlinedIn(2), undefined);
  assert.equal(new SourcePlaces(JSON.stringify(map)).inlinedIn(inner), undefined);
});

test("a module that cannot be read has no functions", () => {
  assert.deepEqual(functionStarts(wat("(module)")), []);
  assert.deepEqual(functionStarts(wat("(module (func))").subarray(0, -1)), []);
  assert.deepEqual(functionStarts(new Uint8Array(3)), []);
});

/** A number as source maps write it, in base 64. https://tc39.es/ecma426/ */
function vlq(value: number): string {
  let rest = value * 2;
  let text = "";
  do {
    const digit = (rest & 31) | (rest >= 32 ? 32 : 0);
    text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[digit];
    rest >>= 5;
  } while (rest > 0);
  return text;
}
