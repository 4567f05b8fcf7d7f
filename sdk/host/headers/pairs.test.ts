import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePairs, encodePairs, type Pair } from "./pairs.js";

// A small generator with a fixed seed: failures repeat.
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

describe("pairs", () => {
  it("come back as they went in, whatever their bytes", () => {
    const random = randoms(1);
    for (let round = 0; round < 500; round++) {
      const text = () => String.fromCharCode(...Array.from({ length: random(20) }, () => random(256)));
      const pairs = Array.from({ length: random(30) }, (): Pair => [text(), text()]);
      assert.deepEqual(decodePairs(encodePairs(pairs)), pairs);
    }
  });

  it("are an empty list when malformed", () => {
    const good = encodePairs([
      ["a", "1"],
      ["b", "2"],
    ]);
    assert.deepEqual(decodePairs(Buffer.alloc(0)), []);
    assert.deepEqual(decodePairs(good.subarray(0, good.length - 1)), []);
    assert.deepEqual(decodePairs(Buffer.concat([good, Buffer.alloc(1)])), []);
    for (let at = 0; at < good.length; at++) {
      const broken = Buffer.from(good);
      broken[at] = broken[at]! ^ 0x80;
      const pairs = decodePairs(broken);
      assert.ok(pairs.length === 0 || pairs.length === 2, "all or nothing");
    }
  });

  it("are an empty list over 1 MiB or 1024 entries, and not at the limit", () => {
    const many = (count: number) => encodePairs(Array.from({ length: count }, (): Pair => ["n", "v"]));
    assert.equal(decodePairs(many(1024)).length, 1024);
    assert.equal(decodePairs(many(1025)).length, 0);
    const big = (bytes: number) => encodePairs([["n", "v".repeat(bytes - 15)]]);
    assert.equal(big(1024 * 1024).length, 1024 * 1024);
    assert.equal(decodePairs(big(1024 * 1024)).length, 1);
    assert.equal(decodePairs(big(1024 * 1024 + 1)).length, 0);
  });

  it("never throw on random bytes", () => {
    const random = randoms(2);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: random(64) }, () => (random(3) === 0 ? random(256) : random(3))),
      );
      assert.ok(Array.isArray(decodePairs(bytes)));
    }
  });
});
