import type { TestContext } from "node:test";
import binaryen from "binaryen";
import { type EnvoyBinary, findEnvoy } from "./find.js";

/** What a module for tests does; it is written in WebAssembly text, so that no SDK or compiler stands between. */
export interface TestFilterOptions {
  /** The value of the response header `x-test` that it adds; absent: none. */
  header?: string;
  /** What it logs at level warn, on each response and on each new connection; absent: nothing. */
  log?: string;
  /** Adds the plugin's configuration as the response header `x-config`. */
  echoConfig?: boolean;
  /** An import from `env` that no host has. */
  missingImport?: string;
  /** Logs this at level error and refuses its configuration. */
  refuse?: string;
  /** Traps on each response. */
  trap?: boolean;
  /** What it answers to each chunk of data of a TCP connection: that many bytes are dropped from its start; absent: 0. */
  dropBytes?: number;
  /** Closes a TCP connection when the client sends something. */
  closes?: boolean;
  /** The cluster that it asks for `/check` when the client of a TCP connection sends something; absent: none. */
  calls?: string;
}

/** The headers of `GET /check`, as the ABI has lists of pairs. */
const checkRequest = pairs([
  [":method", "GET"],
  [":path", "/check"],
  [":authority", "auth.test"],
]);

function pairs(list: readonly (readonly [string, string])[]): string {
  const word = (value: number) => String.fromCharCode(value, 0, 0, 0);
  const sizes = list.map(([name, value]) => word(name.length) + word(value.length)).join("");
  return word(list.length) + sizes + list.map(([name, value]) => `${name}\0${value}\0`).join("");
}

/** The bytes of a proxy-wasm 0.2.1 module that does as `options` say. */
export function testFilter(options: TestFilterOptions = {}): Uint8Array {
  const data = (at: number, text: string) =>
    `(data (i32.const ${at}) "${[...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")`;
  const { header = "", log = "", refuse = "", calls = "" } = options;
  const logCall = (level: number, at: number, text: string) =>
    text
      ? `(drop (call $log (i32.const ${level}) (i32.const ${at}) (i32.const ${Buffer.byteLength(text)})))`
      : "";
  const addHeader = (nameAt: number, nameSize: number, value: string) =>
    `(drop (call $add (i32.const 2) (i32.const ${nameAt}) (i32.const ${nameSize}) ${value}))`;
  const asked = `(i32.const 3072) (i32.const ${Buffer.byteLength(calls)}) (i32.const 3200) (i32.const ${checkRequest.length})`;
  // Not for the end of its side, which brings no bytes.
  const check = `(if (local.get 1) (then (drop (call $call ${asked}
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1000) (i32.const 0)))))`;
  const text = `(module
    (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
    (import "env" "proxy_add_header_map_value" (func $add (param i32 i32 i32 i32 i32) (result i32)))
    (import "env" "proxy_get_buffer_bytes" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (import "env" "proxy_set_buffer_bytes" (func $set (param i32 i32 i32 i32 i32) (result i32)))
    ${options.missingImport ? `(import "env" "${options.missingImport}" (func (param i32)))` : ""}
    ${options.closes ? '(import "env" "proxy_close_stream" (func $close (param i32) (result i32)))' : ""}
    ${calls ? `(import "env" "proxy_http_call" (func $call (param ${"i32 ".repeat(10)}) (result i32)))` : ""}
    (memory (export "memory") 2)
    ${data(3072, calls)} ${data(3200, checkRequest)}
    (global $free (mut i32) (i32.const 8192))
    ${data(16, "x-test")} ${data(32, "x-config")} ${data(64, header)} ${data(1024, log)} ${data(2048, refuse)}
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_memory_allocate") (param $size i32) (result i32)
      (global.set $free (i32.add (global.get $free) (local.get $size)))
      (i32.sub (global.get $free) (local.get $size)))
    (func (export "proxy_on_context_create") (param i32 i32))
    (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
    (func (export "proxy_on_configure") (param $root i32) (param $size i32) (result i32)
      (drop (call $get (i32.const 7) (i32.const 0) (local.get $size) (i32.const 0) (i32.const 4)))
      ${logCall(4, 2048, refuse)}
      (i32.const ${refuse ? 0 : 1}))
    (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
      ${options.trap ? "unreachable" : ""}
      ${logCall(3, 1024, log)}
      ${header ? addHeader(16, 6, `(i32.const 64) (i32.const ${Buffer.byteLength(header)})`) : ""}
      ${options.echoConfig ? addHeader(32, 8, "(i32.load (i32.const 0)) (i32.load (i32.const 4))") : ""}
      (i32.const 0))
    (func (export "proxy_on_new_connection") (param i32) (result i32) ${logCall(3, 1024, log)} (i32.const 0))
    (func (export "proxy_on_downstream_data") (param i32 i32 i32) (result i32)
      ${options.dropBytes ? `(drop (call $set (i32.const 2) (i32.const 0) (i32.const ${options.dropBytes}) (i32.const 0) (i32.const 0)))` : ""}
      ${options.closes ? "(drop (call $close (i32.const 2))) (return (i32.const 1))" : ""}
      ${calls ? check : ""}
      (i32.const 0))
    (func (export "proxy_on_done") (param i32) (result i32) (i32.const 1))
    (func (export "proxy_on_delete") (param i32)))`;
  const module = binaryen.parseText(text);
  try {
    if (!module.validate()) throw new Error("the test module is not valid");
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Envoy for a test; without one the test is skipped, or under `CI=true` fails. */
export async function envoyForTest(t: TestContext): Promise<EnvoyBinary | undefined> {
  try {
    return await findEnvoy();
  } catch (error) {
    if (process.env.CI === "true") throw error;
    t.skip("no Envoy on this machine: `meshwasm doctor` says how to get one");
    return undefined;
  }
}
