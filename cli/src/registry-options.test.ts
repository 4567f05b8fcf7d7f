import assert from "node:assert/strict";
import { test } from "node:test";
import { remoteOptions } from "./registry-options.js";

test("flags about TLS want TLS, of a loopback registry too; --plain-http wins", async () => {
  assert.deepEqual(await remoteOptions({}), {});
  assert.deepEqual(await remoteOptions({ insecure: true }), { plainHttp: false, insecure: true });
  assert.deepEqual(await remoteOptions({ caFile: "a.pem" }), { plainHttp: false, caFile: "a.pem" });
  assert.deepEqual(await remoteOptions({ plainHttp: true, insecure: true }), {
    plainHttp: true,
    insecure: true,
  });
});

test("a user without a password and a password without a user are refused", async () => {
  for (const flags of [{ username: "me" }, { passwordStdin: true }]) {
    await assert.rejects(remoteOptions(flags), { code: "USAGE", exitCode: 2, hint: /--password-stdin/ });
  }
});
