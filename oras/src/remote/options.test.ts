import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, resolveOptions } from "./options.js";

test("plain HTTP is the default for loopback only", () => {
  for (const host of ["localhost", "LOCALHOST:5000", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:5000"]) {
    assert.equal(isLoopback(host), true, host);
    assert.equal(resolveOptions(host, {}).plainHttp, true, host);
    assert.equal(resolveOptions(host, { plainHttp: false }).plainHttp, false, host);
  }
  for (const host of [
    "registry.example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "127.example.com",
    "10.0.0.1:5000",
    "[::2]",
    "[::ffff:127.0.0.1]",
  ]) {
    assert.equal(isLoopback(host), false, host);
    assert.equal(resolveOptions(host, { plainHttp: true }).plainHttp, true, host);
  }
});

test("options that cannot be used are refused", () => {
  const refused = { name: "MeshwasmError", code: "OPTION_INVALID" };
  assert.throws(() => resolveOptions("localhost", { retries: -1 }), refused);
  assert.throws(() => resolveOptions("localhost", { maxLayerBytes: Number.NaN }), refused);
  assert.throws(() => resolveOptions("localhost", { caFile: "/does/not/exist.pem" }), {
    ...refused,
    message: /ENOENT/,
  });
  assert.throws(() => resolveOptions("localhost", { caFile: import.meta.filename }), {
    ...refused,
    message: /no PEM/,
  });
});
