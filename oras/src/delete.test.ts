import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { attach } from "./attach.js";
import { deleteArtifact } from "./delete.js";
import { listRepositories } from "./list-repositories.js";
import { listTags } from "./list-tags.js";
import { pull } from "./pull.js";
import { push } from "./push.js";
import { referrers } from "./referrers.js";
import { type Fault, type Registry, startRegistry } from "./registry/index.js";
import { startRegistryWithoutReferrers } from "./testing/plain-registry.js";
import { attachment, sample } from "./testing/registry-contract.js";
import { withTempFolder } from "./testing/temp-folder.js";

async function withPlace(
  registry: Promise<Registry>,
  work: (place: string, registry: Registry) => Promise<void>,
): Promise<void> {
  const started = await registry;
  try {
    await work(`${started.host}/a`, started);
  } finally {
    await started.close();
  }
}

async function deletesTags(place: string): Promise<void> {
  await push(sample, [`${place}:dev`, `${place}:1.0.0`, `${place}:latest`]);
  const refused = (ref: string, code: string, message: RegExp) =>
    assert.rejects(deleteArtifact(ref), { code, message });
  await refused(place, "REFERENCE_INVALID", /names no artifact/);
  await refused(`${place}:1.0.0`, "DELETE_REFUSED", /is a release/);
  await refused(`${place}:dev@${sample.digest}`, "DELETE_REFUSED", /is a digest/);
  await refused(`${place}:none`, "NOT_FOUND", /none/);
  const deleted = await deleteArtifact(`${place}:dev`);
  assert.deepEqual(deleted, { ref: `${place}:dev`, digest: sample.digest });
  await deleteArtifact(`${place}:latest`);
  assert.deepEqual(await listTags(place), ["1.0.0"]);
  assert.equal((await pull(`${place}:1.0.0`)).digest, sample.digest);
  await deleteArtifact(`${place}:1.0.0`, { force: true });
  assert.deepEqual(await listTags(place), []);
}

test("a tag of a registry: the others stay", () => withPlace(startRegistry(), deletesTags));

test("a tag of a layout: the others stay", () =>
  withTempFolder((folder) => deletesTags(`oci:${join(folder, "m")}`)));

for (const [name, start] of [
  ["with a list of referrers", () => startRegistry()],
  ["whose list of referrers is a tag", startRegistryWithoutReferrers],
] as const) {
  test(`a signature of a registry ${name} leaves that list`, () =>
    withPlace(start(), async (place) => {
      await push(sample, [`${place}:1`]);
      const [one, two] = [
        await attach(`${place}:1`, attachment("text/one")),
        await attach(`${place}:1`, attachment("text/two")),
      ];
      await deleteArtifact(one.ref, { force: true });
      const left = (await referrers(`${place}:1`)).map(({ digest }) => digest);
      assert.deepEqual(left, [two.digest]);
    }));
}

const refusals: [name: string, fault: Fault, code: string, hint: RegExp][] = [
  ["does not delete", { type: "status", status: 405 }, "REGISTRY_ERROR", /may not delete tags/],
  ["knows no such operation", { type: "status", status: 400 }, "REGISTRY_ERROR", /may not delete tags/],
  ["forbids it", { type: "status", status: 403 }, "REGISTRY_FORBIDDEN", /access/],
];
for (const [name, fault, code, hint] of refusals) {
  test(`a registry that ${name} says so`, () =>
    withPlace(startRegistry({ faults: [{ when: "DELETE /manifests/", fault }] }), async (place) => {
      await push(sample, [`${place}:dev`]);
      await assert.rejects(deleteArtifact(`${place}:dev`), { code, hint });
      assert.deepEqual(await listTags(place), ["dev"]);
    }));
}

const catalogs: [name: string, fault: Fault, code: string, message: RegExp][] = [
  ["none", { type: "status", status: 404 }, "NOT_FOUND", /list of repositories/],
  ["no JSON", { type: "body", body: "<html>" }, "REGISTRY_ERROR", /without JSON/],
  ["no list", { type: "body", body: '{"repositories":7}' }, "REGISTRY_ERROR", /without a list/],
  ["bad names", { type: "body", body: '{"repositories":["a","../b"]}' }, "REGISTRY_ERROR", /no repository/],
  ["tags", { type: "body", body: '{"repositories":["a:1"]}' }, "REGISTRY_ERROR", /no repository/],
];
for (const [name, fault, code, message] of catalogs) {
  test(`a catalog: ${name}`, () =>
    withPlace(startRegistry({ faults: [{ when: "GET /_catalog", fault }] }), async (_, { host }) => {
      await assert.rejects(listRepositories(host), { code, message });
    }));
}
