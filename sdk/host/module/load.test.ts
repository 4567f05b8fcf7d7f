import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostErrorCode } from "../errors.js";
import { MeshwasmError } from "../errors.js";
import { probeModule } from "../testing/probe.js";
import { wat } from "../testing/wat.js";
import { readModuleShape } from "./binary.js";
import { loadModule } from "./load.js";

const ABI = '(func (export "proxy_abi_version_0_2_1"))';
const BASE = `${ABI} (memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const 8))`;

function refused(bytes: Uint8Array, code: HostErrorCode, message: RegExp): void {
  assert.throws(
    () => loadModule(bytes),
    (error) => error instanceof MeshwasmError && error.code === code && message.test(error.message),
  );
}

describe("loadModule refuses what Envoy refuses", () => {
  it("bytes that are no module, or cut short", () => {
    refused(Buffer.from("no wasm at all"), "MODULE_INVALID", /Failed to parse corrupted Wasm module/);
    const module = probeModule({});
    refused(module.subarray(0, module.length - 3), "MODULE_INVALID", /Failed to parse corrupted Wasm module/);
    refused(new Uint8Array(), "MODULE_INVALID", /Failed to parse corrupted Wasm module/);
  });

  it("a module without a known ABI marker", () => {
    refused(wat("(module)"), "ABI_UNSUPPORTED", /Missing or unknown Proxy-Wasm ABI version/);
    refused(
      wat('(module (func (export "proxy_abi_version_9_0_0")))'),
      "ABI_UNSUPPORTED",
      /Missing or unknown/,
    );
  });

  it("an import that Envoy lacks, with Envoy's message", () => {
    const module = wat(`(module (import "env" "abort" (func (param i32 i32 i32 i32))) ${BASE})`);
    refused(module, "IMPORT_MISSING", /^Failed to load Wasm module due to a missing import: env\.abort$/);
    refused(
      wat(`(module (import "wasi_snapshot_preview1" "sock_open" (func)) ${BASE})`),
      "IMPORT_MISSING",
      /wasi_snapshot_preview1\.sock_open/,
    );
    refused(wat(`(module (import "env" "toString" (func)) ${BASE})`), "IMPORT_MISSING", /env\.toString/);
    refused(wat(`(module (import "env" "g" (global i32)) ${BASE})`), "IMPORT_MISSING", /env\.g/);
  });

  it("an import that belongs to another ABI version", () => {
    refused(
      wat(`(module (import "env" "proxy_continue_request" (func (result i32))) ${BASE})`),
      "IMPORT_MISSING",
      /env\.proxy_continue_request/,
    );
  });

  it("an import with another signature", () => {
    const module = wat(`(module (import "env" "proxy_log" (func (param i32 i64) (result i32))) ${BASE})`);
    refused(
      module,
      "IMPORT_MISMATCH",
      /env\.proxy_log, want: i32 i64 -> i32, but host exports: i32 i32 i32 -> i32/,
    );
  });

  it("a callback with another signature", () => {
    refused(
      wat(`(module ${BASE} (func (export "proxy_on_log") (param i64)))`),
      "MODULE_INVALID",
      /Bad function signature for: proxy_on_log, want: i32 -> void, but the module exports: i64 -> void/,
    );
  });

  it("a module without an allocator or without memory", () => {
    refused(wat(`(module ${ABI} (memory (export "memory") 1))`), "MODULE_INVALID", /missing malloc/);
    refused(
      wat(`(module ${ABI} (func (export "malloc") (param i32) (result i32) (i32.const 8)))`),
      "MODULE_INVALID",
      /no memory/,
    );
  });
});

describe("readModuleShape", () => {
  it("never throws, whatever the bytes", () => {
    const module = probeModule({ request_headers: {} });
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from(module);
      for (let times = 0; times < 4; times++)
        bytes[8 + ((round * 7919 + times * 104729) % (bytes.length - 8))] = (round * 31 + times * 17) & 255;
      const shape = readModuleShape(bytes.subarray(0, 8 + ((round * 613) % bytes.length)));
      assert.ok(shape === undefined || Array.isArray(shape.exports));
    }
  });
});
