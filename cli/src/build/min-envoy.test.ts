import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyImports } from "@meshwasm/sdk/host";
import { minEnvoy } from "./min-envoy.js";

test("a module that imports nothing, or hostcalls of its ABI, runs in the first Envoy with Wasm", () => {
  assert.equal(minEnvoy("0.2.1", []), "1.17");
  assert.equal(
    minEnvoy("0.2.1", ["env.proxy_log", "env.proxy_get_log_level", "env.envoy_resolve_dns"]),
    "1.17",
  );
  assert.equal(minEnvoy("0.1.0", ["env.proxy_continue_request"]), "1.17");
});

test("the newest import decides", () => {
  const go = ["wasi_snapshot_preview1.fd_write", "wasi_snapshot_preview1.sched_yield", "env.proxy_log"];
  assert.equal(minEnvoy("0.2.1", go.slice(0, 1)), "1.17");
  assert.equal(minEnvoy("0.2.1", ["wasi_snapshot_preview1.path_open"]), "1.21");
  assert.equal(minEnvoy("0.2.1", ["wasi_unstable.path_open"]), "1.21");
  assert.equal(minEnvoy("0.2.1", ["env.emscripten_notify_memory_growth"]), "1.24");
  assert.equal(minEnvoy("0.2.1", go), "1.34");
  assert.equal(minEnvoy("0.2.1", [...go, "wasi_snapshot_preview1.fd_readdir"]), "1.39");
});

test("what no Envoy has, it says so", () => {
  assert.equal(minEnvoy("0.2.1", ["env.abort"]), null);
  assert.equal(minEnvoy("0.2.1", ["wasi_snapshot_preview1.fd_write", "other.fd_write"]), null);
  assert.equal(minEnvoy("0.2.1", ["env.proxy_continue_request"]), null);
  assert.equal(minEnvoy("0.2.0", ["env.proxy_get_log_level"]), null);
  assert.equal(minEnvoy("unknown", []), null);
  assert.equal(minEnvoy("0.3.0", []), null);
});

test("every import that Envoy has is known", () => {
  for (const abi of ["0.1.0", "0.2.0", "0.2.1"] as const) {
    const all = envoyImports(abi);
    assert.ok(all.length > 100);
    for (const { module, name } of all) {
      assert.match(minEnvoy(abi, [`${module}.${name}`]) ?? "", /^1\.\d+$/, `${module}.${name}`);
    }
  }
});
