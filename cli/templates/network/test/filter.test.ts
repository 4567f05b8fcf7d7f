import assert from "node:assert/strict";
import { test } from "node:test";
import { Host } from "@meshwasm/sdk/host";

const start = (pluginConfig = {}) =>
  Host.fromFile(new URL("../build/filter.wasm", import.meta.url), {
    rootId: "{{name}}",
    pluginConfig,
  }).start();

test("greets each connection once", () => {
  const host = start();
  for (const name of ["first", "second"]) {
    const connection = host.tcp().connect().downstreamData(name).upstreamData("a").upstreamData("b");
    assert.equal(connection.upstream.text(), name);
    assert.equal(connection.client.text(), "hello\nab");
  }
});

test("takes a new configuration while it runs", () => {
  const host = start({ banner: "first " });
  assert.equal(host.tcp().connect().upstreamData("a").client.text(), "first a");
  assert.ok(host.configure({ banner: "second " }));
  assert.equal(host.tcp().connect().upstreamData("a").client.text(), "second a");
});
