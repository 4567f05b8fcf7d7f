import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  bucket(capacity: number, refill: number, period: bigint): void;
  take(now: bigint, count: number): number;
  available(now: bigint): number;
  waitFor(now: bigint, count: number): bigint;
  map(capacity: number): void;
  get(key: number): number;
  set(key: number, value: number): void;
  has(key: number): number;
  remove(key: number): number;
  clear(): void;
  size(): number;
  text(key: number): number;
}

const source = `
import { TokenBucket } from "@meshwasm/sdk/assembly/collections/token-bucket";
import { LruMap } from "@meshwasm/sdk/assembly/collections/lru-map";
let tokens: TokenBucket = new TokenBucket(1, 1);
let lru: LruMap<i32, i32> = new LruMap<i32, i32>(1);
let texts: LruMap<string, string> = new LruMap<string, string>(1);
export function bucket(capacity: u32, refill: u32, period: u64): void { tokens = new TokenBucket(capacity, refill, period); }
export function take(now: u64, count: u32): bool { return tokens.take(now, count); }
export function available(now: u64): u32 { return tokens.available(now); }
export function waitFor(now: u64, count: u32): u64 { return tokens.waitFor(now, count); }
export function map(capacity: i32): void {
  lru = new LruMap<i32, i32>(capacity);
  texts = new LruMap<string, string>(capacity);
}
export function get(key: i32): i32 { return lru.get(key, -1); }
export function set(key: i32, value: i32): void { lru.set(key, value); texts.set(key.toString(), value.toString()); }
export function has(key: i32): bool { return lru.has(key); }
export function remove(key: i32): bool { return lru.delete(key); }
export function clear(): void { lru.clear(); }
export function size(): i32 { return lru.size; }
export function text(key: i32): string { return texts.get(key.toString(), "none"); }
`;

let wasm: Loaded<Exports>;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
});

const unsigned = (value: bigint) => BigInt.asUintN(64, value);

describe("the token bucket", () => {
  test("is exact against a model without rounding, over any time", () => {
    const random = new Random(seed);
    for (let round = 0; round < 300 * long; round++) {
      const capacity = random.of([0, 1, 5, 1000, 2 ** 32 - 1]);
      const refill = random.of([0, 1, 3, 10, 7919, 2 ** 32 - 1]);
      const period = BigInt(random.of([1, 7, 1e9, 1e9 / 3, 60e9, 3600e9].map(Math.trunc)));
      wasm.bucket(capacity, refill, period);
      const most = 2n ** 64n - 1n;
      const full = (BigInt(capacity) < most / period ? BigInt(capacity) : most / period) * period;
      let level = full;
      let now = BigInt(random.below(2 ** 31)) * BigInt(1e9);
      let last = now;
      for (let step = 0; step < 60; step++) {
        now += BigInt(random.below(1000)) ** BigInt(random.below(6)) - (random.once(10) ? 500n : 0n);
        if (now < 0n) now = 0n;
        if (step > 0 && now > last) level += (now - last) * BigInt(refill);
        if (level > full) level = full;
        last = now;
        const count = random.of([0, 1, 1, 2, 10, capacity]);
        const about = `MESHWASM_SEED=${seed}: ${capacity}, ${refill} per ${period}, step ${step}`;
        assert.equal(BigInt(wasm.available(now) >>> 0), level / period, about);
        const fits = BigInt(count) * period <= level;
        const missing = BigInt(count) * period - level;
        const never = BigInt(count) * period > full || refill === 0;
        const wait = fits ? 0n : never ? most : (missing + BigInt(refill) - 1n) / BigInt(refill);
        assert.equal(unsigned(wasm.waitFor(now, count)), wait, about);
        assert.equal(wasm.take(now, count) !== 0, fits, about);
        if (fits) level -= BigInt(count) * period;
      }
    }
  });

  test("gives what it has, then what comes back", () => {
    wasm.bucket(2, 1, 1_000_000_000n);
    const start = 5_000_000_000n;
    assert.deepEqual(
      [0, 0, 1, 1].map((_, index) => wasm.take(start, 1) !== 0 && index >= 0),
      [true, true, false, false],
    );
    assert.equal(wasm.waitFor(start, 1), 1_000_000_000n);
    assert.equal(wasm.take(start + 999_999_999n, 1), 0);
    assert.equal(wasm.take(start + 1_000_000_000n, 1), 1);
    assert.equal(wasm.take(start + 100_000_000_000n, 2), 1);
    assert.equal(wasm.take(start, 1), 0, "a clock that was set back");
  });
});

describe("the LRU map", () => {
  test("keeps what a model keeps", () => {
    const random = new Random(seed);
    for (let round = 0; round < 100 * long; round++) {
      const capacity = random.below(6);
      wasm.map(capacity);
      const model = new Map<number, number>();
      const use = (key: number, value: number) => {
        model.delete(key);
        model.set(key, value);
        for (const oldest of model.keys()) if (model.size > capacity) model.delete(oldest);
      };
      for (let step = 0; step < 200; step++) {
        const key = random.below(9);
        const kind = random.below(8);
        const about = `MESHWASM_SEED=${seed}, capacity ${capacity}, step ${step}`;
        if (kind < 3) {
          wasm.set(key, step);
          use(key, step);
        } else if (kind < 6) {
          const value = model.get(key);
          assert.equal(wasm.get(key), value ?? -1, about);
          if (value !== undefined) use(key, value);
        } else if (kind === 6) assert.equal(wasm.remove(key) !== 0, model.delete(key), about);
        else if (random.once(20)) {
          wasm.clear();
          model.clear();
        } else assert.equal(wasm.has(key) !== 0, model.has(key), about);
        assert.equal(wasm.size(), model.size, about);
      }
    }
  });

  test("its memory does not grow", () => {
    wasm.map(100);
    const fill = (from: number) => {
      for (let key = from; key < from + 20_000; key++) wasm.set(key, key);
      wasm.__collect();
      return wasm.memory.buffer.byteLength;
    };
    const before = fill(0);
    for (let round = 1; round < 6; round++) assert.equal(fill(round * 20_000), before);
    assert.equal(wasm.__getString(wasm.text(119_999)), "119999");
    assert.equal(wasm.__getString(wasm.text(119_000)), "none");
  });
});
