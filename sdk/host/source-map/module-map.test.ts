import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Host } from "../host.js";
import { throwsCode } from "../testing/assertions.js";
import { wat } from "../testing/wat.js";
import { bindSourceMap } from "./module-map.js";

const trapping = `(module
  (func (export "proxy_abi_version_0_2_1"))
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32) i32.const 1024)
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) unreachable))`;
const wasm = wat(trapping);
/** Every byte of the module comes from line 3 of a file. */
const map = JSON.stringify({ version: 3, names: [], sources: ["assembly/index.ts"], mappings: "AAEA" });

function trapWith(host: Host): string {
  host.exchange();
  assert.equal(host.failure?.code, "TRAP");
  return host.failure?.message ?? "";
}

test("a trap names the place in the source, in its frames and its message", () => {
  const host = new Host(wasm, { sourceMap: map });
  assert.match(trapWith(host), / \(assembly\/index\.ts:3:1\)/);
  assert.equal(host.failure?.frames[0]?.source, "assembly/index.ts:3:1");
});

test("without a source map the offsets stay", () => {
  const host = new Host(wasm);
  assert.match(trapWith(host), /0x[0-9a-f]+ - unknown\(function index:\d+\)$/);
  assert.equal(host.failure?.frames[0]?.source, undefined);
});

test("a map that is bound to other bytes is passed over", () => {
  const other = wat("(module)");
  assert.match(trapWith(new Host(wasm, { sourceMap: bindSourceMap(map, wasm) })), /assembly\/index\.ts:3:1/);
  assert.doesNotMatch(trapWith(new Host(wasm, { sourceMap: bindSourceMap(map, other) })), /assembly/);
});

test("fromFile reads the map beside the module", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-map-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "filter.wasm");
  writeFileSync(path, wasm);
  assert.doesNotMatch(trapWith(Host.fromFile(path)), /assembly/);
  writeFileSync(`${path}.map`, map);
  assert.match(trapWith(Host.fromFile(path)), /assembly\/index\.ts:3:1/);
  assert.match(trapWith(Host.fromFile(new URL(`file://${path}`))), /assembly\/index\.ts:3:1/);
});

for (const bad of ["", "{", "null", '{"version":3,"mappings":7}']) {
  test(`no source map: ${JSON.stringify(bad)}`, () => {
    throwsCode(() => new Host(wasm, { sourceMap: bad }), "USAGE", /source map cannot be read/);
  });
}
