import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Registry, startRegistry } from "../registry/index.js";
import { sample } from "../testing/registry-contract.js";

// A self-signed certificate for loopback names, valid for a century; its key is public and protects nothing.
const caFile = join(import.meta.dirname, "testdata", "localhost.crt");
const tls = {
  cert: readFileSync(caFile, "utf8"),
  key: readFileSync(join(import.meta.dirname, "testdata", "localhost.key"), "utf8"),
};

test("TLS", async (t) => {
  const registry = await startRegistry({ tls });
  const ref = `${registry.host}/a:1`;
  const isTls = { plainHttp: false, retries: 0 };
  await t.test("an unknown authority is refused", async () => {
    const expected = { code: "TLS_FAILED", exitCode: 3, message: /certificate that is not trusted/ };
    await assert.rejects(push(sample, [ref], isTls), expected);
  });
  await t.test("caFile makes it known", async () => {
    await push(sample, [ref], { ...isTls, caFile });
    assert.equal((await pull(ref, { ...isTls, caFile })).digest, sample.digest);
  });
  await t.test("insecure does not ask", async () => {
    assert.equal((await pull(ref, { ...isTls, insecure: true })).digest, sample.digest);
  });
  await t.test("another name is refused", async () => {
    const other = `127.0.0.2:${registry.port}/a:1`;
    await assert.rejects(pull(other, { ...isTls, caFile }), { code: /TLS_FAILED|REGISTRY_UNREACHABLE/ });
  });
  await t.test("a redirect out of TLS is refused", async () => {
    const redirecting = await startRegistry({
      tls,
      faults: [{ when: "GET /", fault: { type: "redirect", location: "http://127.0.0.1/" } }],
    });
    const expected = { code: "REGISTRY_ERROR", message: /not protected by TLS/ };
    await assert.rejects(pull(`${redirecting.host}/a:1`, { ...isTls, caFile }), expected);
    await redirecting.close();
  });
  await t.test("a token service out of TLS gets no credentials", async () => {
    const service = await startRegistry();
    const registryOf = (): Promise<Registry> =>
      startRegistry({
        tls,
        faults: () => ({
          type: "status",
          status: 401,
          headers: { "www-authenticate": `Bearer realm="${service.url}/token"` },
        }),
      });
    const guarded = await registryOf();
    const credentials = { username: "u", password: "p" };
    const expected = { code: "REGISTRY_ERROR", message: /token service that is not protected by TLS/ };
    await assert.rejects(pull(`${guarded.host}/a:1`, { ...isTls, caFile, credentials }), expected);
    assert.equal(service.requests.length, 0);
    await Promise.all([guarded.close(), service.close()]);
  });
  await registry.close();
});

test("TLS towards plain HTTP says so", async () => {
  const registry = await startRegistry();
  const expected = { code: "TLS_FAILED", message: /does not speak TLS/, hint: /--plain-http/ };
  await assert.rejects(pull(`${registry.host}/a:1`, { plainHttp: false, retries: 0 }), expected);
  await registry.close();
});
