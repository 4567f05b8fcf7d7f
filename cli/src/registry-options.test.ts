import assert from "node:assert/strict";
import { test } from "node:test";
import { type RegistryFlags, remoteOptions } from "./registry-options.js";

test("flags about TLS want TLS, of a loopback registry too; --plain-http wins", async () => {
  const optionsOf = async (flags: RegistryFlags) => {
    const { credentialsFor, ...options } = await remoteOptions(flags);
    assert.ok(credentialsFor, "the credential file is asked when no user is given");
    return options;
  };
  assert.deepEqual(await optionsOf({}), {});
  assert.deepEqual(await optionsOf({ insecure: true }), { plainHttp: false, insecure: true });
  assert.deepEqual(await optionsOf({ caFile: "a.pem" }), { plainHttp: false, caFile: "a.pem" });
  assert.deepEqual(await optionsOf({ plainHttp: true, insecure: true }), { plainHttp: true, insecure: true });
});

test("a user without a password and a password without a user are refused", async () => {
  for (const flags of [{ username: "me" }, { passwordStdin: true }]) {
    await assert.rejects(remoteOptions(flags), { code: "USAGE", exitCode: 2, hint: /--password-stdin/ });
  }
});
