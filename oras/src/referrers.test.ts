import assert from "node:assert/strict";
import { test } from "node:test";
import { attach } from "./attach.js";
import { push } from "./push.js";
import { referrers } from "./referrers.js";
import { type Fault, type FaultRule, startRegistry } from "./registry/index.js";
import { attachment, sample } from "./testing/registry-contract.js";

const tag = sample.digest.replace(":", "-");
const options = { retries: 0 };
// What a registry without the API does: no such path, and no word about subjects.
const withoutApi: FaultRule[] = [
  { when: "GET /referrers/", fault: { type: "status", status: 404 } },
  { when: "PUT /manifests/", fault: { type: "headers", headers: { "oci-subject": "" } } },
];

test("without the API the index under the tag is kept, in the order of attaching", async () => {
  const registry = await startRegistry({ faults: withoutApi });
  const ref = `${registry.host}/a:1`;
  await push(sample, [ref]);
  const digests = [];
  for (const type of ["a/x", "a/y", "a/z", "a/x"]) digests.push((await attach(ref, attachment(type))).digest);
  const found = await referrers(ref);
  assert.deepEqual(
    found.map(({ digest }) => digest),
    digests.slice(0, 3),
  );
  assert.deepEqual(
    found.map(({ artifactType }) => artifactType),
    ["a/x", "a/y", "a/z"],
  );
  assert.ok(registry.requests.some(({ method, path }) => method === "PUT" && path.endsWith(tag)));
  await registry.close();
});

test("a list that another writer overwrites is written again", async () => {
  let writes = 0;
  const registry = await startRegistry({
    faults: (request) => {
      const { method, path } = request;
      if (path.includes("/referrers/")) return { type: "status", status: 404 };
      if (method !== "PUT" || !path.includes("/manifests/")) return undefined;
      // The first write of the index is lost, as if somebody had written at the same moment.
      if (path.endsWith(tag) && writes++ === 0) return { type: "status", status: 201 };
      return { type: "headers", headers: { "oci-subject": "" } };
    },
  });
  await push(sample, [`${registry.host}/a:1`]);
  await attach(`${registry.host}/a:1`, attachment("a/x"));
  assert.equal((await referrers(`${registry.host}/a:1`)).length, 1);
  assert.equal(writes, 2);
  await registry.close();
});

test("answers that are no list", async (t) => {
  const index = (value: unknown, link?: string): Fault => ({
    type: "status",
    status: 200,
    headers: { "content-type": "application/vnd.oci.image.index.v1+json", ...(link ? { link } : {}) },
    body: typeof value === "string" ? value : JSON.stringify(value),
  });
  const page: Fault = {
    type: "status",
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>",
  };
  const empty = { schemaVersion: 2, manifests: [] };
  const table: [string, Fault, string | undefined, RegExp][] = [
    ["a page in place of 404", page, undefined, /./],
    ["405", { type: "status", status: 405 }, undefined, /./],
    ["null in place of a list", index({ schemaVersion: 2, manifests: null }), undefined, /./],
    ["no JSON", index("x"), "MANIFEST_INVALID", /not JSON/],
    ["no list", index({ schemaVersion: 2, manifests: {} }), "MANIFEST_INVALID", /no list/],
    ["a bad descriptor", index({ schemaVersion: 2, manifests: [{}] }), "MANIFEST_INVALID", /manifests\[0\]/],
    ["a link elsewhere", index(empty, '<http://127.0.0.1:9/>; rel="next"'), "REGISTRY_ERROR", /continues/],
    ["403", { type: "status", status: 403 }, "REGISTRY_FORBIDDEN", /403/],
  ];
  for (const [name, fault, code, message] of table) {
    await t.test(name, async () => {
      const registry = await startRegistry({ faults: [{ when: "GET /referrers/", fault }] });
      await push(sample, [`${registry.host}/a:1`]);
      const listing = referrers(`${registry.host}/a:1`, options);
      if (code === undefined) assert.deepEqual(await listing, []);
      else await assert.rejects(listing, { code, message });
      await registry.close();
    });
  }
});

test("what cannot be attached or found", async () => {
  const registry = await startRegistry();
  const ref = `${registry.host}/a:1`;
  await assert.rejects(referrers(ref), { code: "NOT_FOUND" });
  await assert.rejects(attach(ref, attachment("a/x")), { code: "NOT_FOUND" });
  await assert.rejects(attach(ref, attachment("nothing")), {
    code: "INPUT_INVALID",
    message: /no media type/,
  });
  await assert.rejects(attach(ref, { artifactType: "a/b", layers: [] }), { code: "INPUT_INVALID" });
  assert.deepEqual(await referrers(`${registry.host}/a@${sample.digest}`), []);
  await registry.close();
});
