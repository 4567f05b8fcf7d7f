import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { envoyImport } from "../module/signatures.js";
import { wat } from "../testing/wat.js";

const CALLS = (
  "log get_status set_property get_property send_local_response get_shared_data set_shared_data " +
  "get_header_map_value add_header_map_value replace_header_map_value remove_header_map_value " +
  "get_header_map_pairs set_header_map_pairs get_header_map_size get_buffer_status get_buffer_bytes " +
  "set_buffer_bytes set_tick_period_milliseconds get_current_time_nanoseconds define_metric increment_metric " +
  "register_shared_queue resolve_shared_queue enqueue_shared_queue dequeue_shared_queue http_call " +
  "grpc_send grpc_close grpc_cancel record_metric get_metric set_effective_context done " +
  "call_foreign_function continue_stream get_log_level"
).split(" ");
const WASI =
  "fd_write fd_pwrite environ_get environ_sizes_get args_sizes_get clock_time_get random_get fd_tell".split(
    " ",
  );

// A module that makes one hostcall with the operands that lie at address 0, and logs its answer's number.
function caller(module: string, name: string): Uint8Array {
  const signature = envoyImport("0.2.1", module, name)!;
  const params = [...signature.slice(0, signature.indexOf(">"))].map((type) =>
    type === "I" ? "i64" : "i32",
  );
  // Resuming a response that does not exist yet crashes Envoy.
  const callback = `proxy_on_${name === "proxy_continue_stream" ? "response" : "request"}_headers`;
  const operands = params.map((type, index) => `(${type}.load (i32.const ${index * 8}))`);
  const random = (index: number) => `(call $random (i32.const ${index}))`;
  return wat(`(module
    (import "${module}" "${name}" (func $call (param ${params.join(" ")}) (result i32)))
    (memory (export "memory") 1 4)
    (global $seed (mut i32) (i32.const 12345))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "malloc") (param i32) (result i32) (call $random (i32.const 99)))
    (func $random (param $index i32) (result i32)
      (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (if (result i32) (i32.and (global.get $seed) (i32.const 0x10000))
        (then (i32.shr_u (global.get $seed) (i32.shr_u (global.get $seed) (i32.const 27))))
        (else (select (i32.const 0xffffffff) (i32.const 65530) (i32.and (global.get $seed) (i32.const 0x20000))))))
    (func (export "${callback}") (param i32 i32 i32) (result i32) (local $round i32)
      (loop $again
        ${params.map((_, index) => `(i32.store (i32.const ${index * 8}) ${random(index)})`).join("\n")}
        (drop (call $call ${operands.join(" ")}))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $round) (i32.const 200))))
      (i32.const 0)))`);
}

describe("random pointers, lengths and numbers from the guest", () => {
  const all = [
    ...CALLS.map((name) => ["env", `proxy_${name}`] as const),
    ...WASI.map((name) => ["wasi_snapshot_preview1", name] as const),
  ];
  for (const [module, name] of all)
    it(`${name} answers with a status and never throws`, () => {
      const host = new Host(caller(module, name), { logLevel: "critical" });
      const exchange = host.exchange({ headers: { "x-a": "1" } });
      assert.equal(host.failure, undefined);
      const hostcalls = exchange.calls.filter((call) => call.kind === "hostcall" && call.name === name);
      assert.ok(hostcalls.length >= 200);
      assert.ok(hostcalls.every((call) => typeof call.result === "number"));
    });

  it("out of bounds is InvalidMemoryAccess", () => {
    const module = wat(`(module
      (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 8))
      (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (drop (call $log (i32.const 2) (i32.const 65530) (i32.const 7)))
        (drop (call $log (i32.const 2) (i32.const -1) (i32.const 1)))
        (drop (call $log (i32.const 2) (i32.const 0) (i32.const -1)))
        (drop (call $log (i32.const 2) (i32.const 65536) (i32.const 0)))
        (drop (call $log (i32.const 6) (i32.const 0) (i32.const 0)))
        (i32.const 0)))`);
    const { calls } = new Host(module).exchange();
    const results = calls.filter((call) => call.kind === "hostcall").map((call) => call.result);
    assert.deepEqual(results, [6, 6, 6, 0, 2]);
  });
});
