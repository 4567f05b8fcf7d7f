import assert from "node:assert/strict";
import { test } from "node:test";
import { pluginName } from "../api/names.js";
import { loadedPlugins } from "./envoy-stats.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** As Envoy writes it: all but letters, digits and _ becomes _. */
function line(name: string, stat = "vm_reload", tags = "{}", count = 0): string {
  return `envoy_wasm_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}_${stat}${tags} ${count}\n`;
}

test("a name that the operator gave is read back, each once", () => {
  const name = pluginName("0123456789", "r-abcdef0123", digest, 12);
  const text = `# TYPE envoy_wasm_x counter\n${line(name)}${line(name)}${line(name, "vm_reload_success")}`;
  assert.deepEqual(loadedPlugins(text), [
    { id: "0123456789", revision: "r-abcdef0123", moduleDigest: digest, attempt: 12, reloads: 0 },
  ]);
  assert.equal(loadedPlugins(line(name, "vm_reload", "")).length, 1, "without tags");
});

test("reloads are those that succeeded and those that failed", () => {
  const name = pluginName("0123456789", "r-abcdef0123", digest, 1);
  const other = pluginName("0123456789", "r-abcdef0123", digest, 2);
  const text = [
    line(name, "vm_reload_success", "{}", 3),
    line(name),
    line(name, "vm_reload_backoff", "{}", 50),
    line(name, "vm_reload_failure", "", 1),
    line(other),
  ].join("");
  assert.deepEqual(
    loadedPlugins(text).map(({ attempt, reloads }) => [attempt, reloads]),
    [
      [1, 4],
      [2, 0],
    ],
  );
});

test("what is none of ours is not", () => {
  assert.deepEqual(loadedPlugins(line("other.plugin")), []);
  assert.deepEqual(loadedPlugins(line("meshwasm-0123456789.r-abcdef0123")), []);
  assert.deepEqual(loadedPlugins(""), []);
});
