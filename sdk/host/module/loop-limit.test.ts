import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { throwsCode } from "../testing/assertions.js";
import { type Probe, probeModule } from "../testing/probe.js";
import { wat } from "../testing/wat.js";
import { Module } from "../vm/webassembly.js";
import { limitLoops } from "./loop-limit.js";

const looping = (where: string, body: string, more = "") =>
  wat(`(module
    ${more}
    (memory (export "memory") 1)
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "malloc") (param i32) (result i32) (i32.const 1024))
    (func (export "${where}") ${body}))`);
const ON_HEADERS = "(param i32 i32 i32) (result i32)";
const FOREVER = "(loop $again (br $again)) (unreachable)";
const limit = { loopLimit: 10_000 };

describe("a callback that does not end", () => {
  it("fails the test that used it, by name, and the next test runs", () => {
    const module = looping("proxy_on_request_headers", `${ON_HEADERS} ${FOREVER}`);
    const host = new Host(module, limit);
    throwsCode(
      () => host.exchange(),
      "ENDLESS_LOOP",
      /^proxy_on_request_headers does not end: it made more than 10,000 turns/,
    );
    assert.equal(host.failure?.code, "ENDLESS_LOOP");
    assert.equal(host.failure?.frames[0]?.functionIndex, 2);
    assert.equal(new Host(probeModule({})).exchange().response.status, 200);
  });

  it("is found with the limit that there is by default", () => {
    throwsCode(() => new Host(wat(TICKING)).advance(10), "ENDLESS_LOOP");
  });

  it("is found while starting, configuring and logging", () => {
    throwsCode(() => new Host(looping("_initialize", FOREVER), limit).start(), "ENDLESS_LOOP", /_initialize/);
    const configure = looping("proxy_on_configure", `(param i32 i32) (result i32) ${FOREVER}`);
    throwsCode(() => new Host(configure, limit).start(), "ENDLESS_LOOP", /proxy_on_configure/);
    throwsCode(
      () => new Host(looping("proxy_on_log", `(param i32) ${FOREVER}`), limit).exchange(),
      "ENDLESS_LOOP",
    );
    const start = looping("x", "", `(func $start ${FOREVER}) (start $start)`);
    throwsCode(() => new Host(start, limit).start(), "ENDLESS_LOOP", /^start does not end/);
  });

  it("is found when it is the allocator, and when its loop calls the host", () => {
    const calling = `(import "env" "proxy_get_current_time_nanoseconds" (func $time (param i32) (result i32)))`;
    const time = `${ON_HEADERS} (loop $again (drop (call $time (i32.const 0))) (br $again)) (unreachable)`;
    throwsCode(
      () => new Host(looping("proxy_on_request_headers", time, calling), limit).exchange(),
      "ENDLESS_LOOP",
      /proxy_on_request_headers/,
    );
    const allocator = wat(`(module
      (import "env" "proxy_get_property" (func $get (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 64) "plugin_name")
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) ${FOREVER})
      (func (export "proxy_on_tick") (param i32))
      (func (export "proxy_on_request_headers") ${ON_HEADERS}
        (call $get (i32.const 64) (i32.const 11) (i32.const 0) (i32.const 4))))`);
    throwsCode(() => new Host(allocator, { ...limit, pluginName: "p" }).exchange(), "ENDLESS_LOOP", /malloc/);
  });

  it("is found when it calls itself more often than it ever could", () => {
    const fib = `(func $fib (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (i32.const 1))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))`;
    const module = looping("proxy_on_request_headers", `${ON_HEADERS} (call $fib (i32.const 40))`, fib);
    throwsCode(() => new Host(module, limit).exchange(), "ENDLESS_LOOP");
  });
});

const TICKING = `(module
  (import "env" "proxy_set_tick_period_milliseconds" (func $tick (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_configure") (param i32 i32) (result i32) (drop (call $tick (i32.const 5))) (i32.const 1))
  (func (export "proxy_on_tick") (param i32) ${FOREVER}))`;

describe("a callback that ends", () => {
  it("may loop as often as the limit, each time", () => {
    const turns = (count: number) => `${ON_HEADERS} (local $left i32) (local.set $left (i32.const ${count}))
      (loop $again (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))
      (i32.const 0)`;
    const fits = new Host(looping("proxy_on_request_headers", turns(10_000)), limit);
    for (let i = 0; i < 5; i++) assert.equal(fits.exchange().response.status, 200);
    throwsCode(
      () => new Host(looping("proxy_on_request_headers", turns(10_001)), limit).exchange(),
      "ENDLESS_LOOP",
    );
  });

  it("traps where it did before", () => {
    const body = `${ON_HEADERS} (local $left i32) (local.set $left (i32.const 3))
      (loop $again (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))
      (i32.div_s (i32.const 1) (local.get $left))`;
    const bytes = looping("proxy_on_request_headers", body);
    const frames = [0, 10_000].map((loopLimit) => {
      const host = new Host(bytes, { loopLimit });
      host.exchange();
      assert.equal(host.failure?.code, "TRAP");
      return host.failure?.frames;
    });
    assert.ok(frames[0]!.length > 0);
    assert.deepEqual(frames[1], frames[0]);
  });

  it("does the same as without the counter, whatever its module is like", () => {
    const probe: Probe = {
      request_headers: {
        steps: [
          { do: "pairs", map: 0 },
          { do: "property", path: ["request", "path"] },
        ],
      },
      response_body: { steps: [{ do: "body", buffer: 1 }] },
      log: {},
    };
    const [plain, counted] = [0, 1_000_000].map((loopLimit) => {
      const exchange = new Host(probeModule(probe), { loopLimit }).exchange({}, { body: "hello" });
      return [exchange.logs, exchange.calls];
    });
    assert.deepEqual(counted, plain);
  });
});

describe("limitLoops", () => {
  it("never throws, and tells every byte's old place", () => {
    const module = probeModule({ request_headers: { steps: [{ do: "pairs", map: 0 }] } });
    const limited = limitLoops(module, 1000)!;
    const bytes = limited.bytes();
    assert.ok(bytes.length > module.length);
    let kept = 0;
    for (let offset = 0; offset < bytes.length; offset++) {
      if (limited.isAdded(offset)) continue;
      kept++;
      assert.equal(bytes[offset], module[limited.originalOffset(offset)]);
    }
    assert.ok(kept > module.length * 0.9);
    for (let round = 0; round < 500; round++) {
      const broken = Uint8Array.from(module);
      for (let times = 0; times < 4; times++)
        broken[8 + ((round * 7919 + times * 104729) % (broken.length - 8))] = (round * 31 + times * 17) & 255;
      const cut = broken.subarray(0, 8 + ((round * 613) % broken.length));
      for (const bytes of [broken, cut]) limitLoops(bytes, 1000)?.bytes();
    }
  });

  it("reads instructions of every kind", () => {
    const kinds = {
      control: `(block $b (block $c (br_table $b $c $b (i32.const 1)))) (drop (select (i32.const 1) (i32.const 2) (i32.const 0)))
        (if (i32.const 0) (then (nop)) (else (unreachable)))`,
      constants: `(drop (i64.const -9223372036854775808)) (drop (f32.const 1.5)) (drop (f64.const 1e300))`,
      calls: `(call $f) (call_indirect (type $t) (i32.const 0))`,
      memory: `(i64.store offset=70000 align=4 (i32.const 0) (i64.const 1)) (drop (i32.load8_u (i32.const 0)))
        (drop (memory.grow (memory.size)))`,
      bulk: `(memory.copy (i32.const 0) (i32.const 8) (i32.const 4)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))`,
      numbers: `(drop (i32.trunc_sat_f64_u (f64.const 3))) (drop (i64.extend8_s (i64.const 1)))`,
      references: `(drop (ref.is_null (ref.null func))) (drop (ref.func $f)) (drop (table.size $table))
        (table.set $table (i32.const 0) (table.get $table (i32.const 0)))`,
      simd: `(drop (v128.const i32x4 1 2 3 4)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0)))
        (drop (i32x4.extract_lane 3 (v128.load offset=16 (i32.const 0)))) (drop (v128.load8_lane 5 (i32.const 0) (v128.const i32x4 0 0 0 0)))
        (drop (v128.any_true (i32x4.add (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0))))`,
      atomic: `(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (atomic.fence)`,
    };
    for (const [kind, code] of Object.entries(kinds)) {
      const bytes = wat(
        `(module (type $t (func)) (memory 2 ${kind === "atomic" ? "2 shared" : ""}) (table $table 1 funcref) (elem (i32.const 0) $f) (func $f) (func (export "run") ${code} (loop $again (br_if $again (i32.const 0)))))`,
      );
      const limited = limitLoops(bytes, 1000);
      assert.ok(limited !== undefined, kind);
      new Module(bytes);
      new Module(limited.bytes());
    }
  });
});
