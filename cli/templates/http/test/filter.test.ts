import assert from "node:assert/strict";
import { test } from "node:test";
import { Host } from "@meshwasm/sdk/host";

const start = (pluginConfig = {}) =>
  Host.fromFile(new URL("../build/filter.wasm", import.meta.url), {
    rootId: "{{name}}",
    pluginConfig,
  }).start();

test("adds its header to every response", () => {
  const { response } = start().exchange({ path: "/missing" }, { status: 404, body: "nothing here" });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("x-{{name}}"), "world");
  assert.equal(response.text(), "nothing here");
});

test("takes a new configuration while it runs", () => {
  const host = start({ greeting: "first" });
  assert.equal(host.exchange().response.headers.get("x-{{name}}"), "first");
  assert.ok(host.configure({ greeting: "second" }));
  assert.equal(host.exchange().response.headers.get("x-{{name}}"), "second");
});
