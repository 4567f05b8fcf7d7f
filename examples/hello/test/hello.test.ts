import assert from "node:assert/strict";
import { test } from "node:test";
import { Host } from "@meshwasm/sdk/host";

const start = (pluginConfig = {}) =>
  Host.fromFile(new URL("../build/filter.wasm", import.meta.url), { rootId: "hello", pluginConfig }).start();

test("adds x-hello to every response", () => {
  const exchange = start().exchange({ path: "/index.html" }, { status: 404, body: "nothing here" });
  assert.equal(exchange.response.status, 404);
  assert.equal(exchange.response.headers.get("x-hello"), "world");
  assert.equal(exchange.response.text(), "nothing here");
  assert.equal(exchange.request?.headers.get("x-hello"), null);
});

test("takes its greeting from the configuration, also from a new one", () => {
  const host = start({ greeting: "first" });
  assert.equal(host.exchange().response.headers.get("x-hello"), "first");
  assert.ok(host.configure({ greeting: "second" }));
  assert.equal(host.exchange().response.headers.get("x-hello"), "second");
});

test("counts what it greets", () => {
  const host = start();
  for (let i = 0; i < 3; i++) host.exchange();
  assert.equal(host.counter("hello.greeted"), 3n);
});
