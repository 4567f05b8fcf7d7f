import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { throwsCode } from "../testing/assertions.js";
import { probeModule } from "../testing/probe.js";
import { wat } from "../testing/wat.js";

describe("restricted capabilities", () => {
  it("are logged as errors, by name", () => {
    const steps = [{ do: "time" }, { do: "print", fd: 1, text: "x" }] as const;
    const allowedCapabilities = ["proxy_log", "proxy_on_request_headers"];
    const { logs, calls } = new Host(probeModule({ request_headers: { steps }, log: {} }), {
      allowedCapabilities,
    }).exchange();
    assert.deepEqual(
      logs.map(({ level, message }) => `${level} ${message}`),
      [
        "info request_headers(,end=1)",
        "error Attempted call to restricted proxy-wasm capability: proxy_get_current_time_nanoseconds",
        "info time=10",
        "error Attempted call to restricted WASI capability: fd_write",
      ],
    );
    assert.equal(calls.find(({ name }) => name === "fd_write")?.result, 76);
  });

  it("do not matter to what starts the module and to Envoy's own functions", () => {
    const module = wat(`(module
      (import "env" "envoy_resolve_dns" (func $resolve (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 64) "1.2.3.4")
      (global $started (mut i32) (i32.const 0))
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
      (func (export "_initialize") (global.set $started (i32.const 1)))
      (func (export "proxy_on_configure") (param i32 i32) (result i32)
        (i32.and (global.get $started)
          (i32.eqz (call $resolve (i32.const 64) (i32.const 7) (i32.const 0))))))`);
    const host = new Host(module, { allowedCapabilities: ["proxy_on_configure"] }).start();
    assert.ok(!host.logs.some(({ level }) => level === "error"));
  });

  it("leave callbacks out before their signature is looked at", () => {
    const module = wat(`(module
      (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 1024))
      (func (export "proxy_on_log") (param i64)))`);
    throwsCode(() => new Host(module), "MODULE_INVALID", /proxy_on_log/);
    assert.equal(new Host(module, { allowedCapabilities: ["proxy_log"] }).exchange().response.status, 200);
  });
});
