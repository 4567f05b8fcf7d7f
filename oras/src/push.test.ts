import assert from "node:assert/strict";
import { test } from "node:test";
import { pack } from "./artifact/pack.js";
import { listTags } from "./list-tags.js";
import { pull } from "./pull.js";
import { type PushOptions, push } from "./push.js";
import { type Registry, startRegistry } from "./registry/index.js";
import { tag } from "./tag.js";

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const one = pack({ wasm });
const two = pack({ wasm, metadata: { version: "2" } });

async function withRegistry(work: (place: string, registry: Registry) => Promise<void>): Promise<void> {
  const registry = await startRegistry();
  try {
    await work(`${registry.host}/a`, registry);
  } finally {
    await registry.close();
  }
}

test("a released version is not overwritten, and nothing is sent", () =>
  withRegistry(async (place, registry) => {
    await push(one, [`${place}:1.0.0`]);
    const before = registry.requests.length;
    const expected = {
      code: "TAG_EXISTS",
      exitCode: 1,
      message: /1\.0\.0 is released already.*sha256:/,
      hint: /force/,
    };
    await assert.rejects(push(two, [`${place}:dev`, `${place}:1.0.0`]), expected);
    assert.ok(registry.requests.slice(before).every(({ method }) => method === "HEAD"));
    assert.equal((await push(one, [`${place}:1.0.0`]))[0]?.uploadedBytes, 0);
    await push(two, [`${place}:1.0.0`], { force: true });
    assert.equal((await pull(`${place}:1.0.0`)).digest, two.digest);
  }));

test("prereleases, moving and other tags are overwritten", () =>
  withRegistry(async (place) => {
    for (const name of ["1.0.0-rc.1", "1.0", "1", "latest", "dev", "v1.0.0"]) {
      await push(one, [`${place}:${name}`]);
      await push(two, [`${place}:${name}`]);
      assert.equal((await pull(`${place}:${name}`)).digest, two.digest);
    }
  }));

test("a release is protected where the registry names no digests", async () => {
  const registry = await startRegistry({
    faults: [{ when: "* /manifests/", fault: { type: "headers", headers: { "docker-content-digest": "" } } }],
  });
  await push(one, [`${registry.host}/a:1.0.0`]);
  await assert.rejects(push(two, [`${registry.host}/a:1.0.0`]), { code: "TAG_EXISTS" });
  assert.equal((await push(one, [`${registry.host}/a:1.0.0`]))[0]?.uploadedBytes, 0);
  await registry.close();
});

test("moving tags follow the highest version", () =>
  withRegistry(async (place) => {
    const options: PushOptions = { semverTags: true };
    const refs = async (version: string) =>
      (await push(one, [`${place}:${version}`], options)).map(({ ref }) => ref.slice(place.length + 1));
    assert.deepEqual(await refs("1.2.3"), ["1.2.3", "1.2", "1", "latest"]);
    assert.deepEqual(await refs("1.3.0"), ["1.3.0", "1.3", "1", "latest"]);
    await push(two, [`${place}:1.2.4`], options);
    assert.equal((await pull(`${place}:1.2`)).digest, two.digest);
    assert.equal((await pull(`${place}:1`)).digest, one.digest);
    assert.deepEqual(await refs("2.0.0-rc.1"), ["2.0.0-rc.1"]);
    assert.deepEqual(await listTags(place), [
      ...["2.0.0-rc.1", "1.3.0", "1.2.4", "1.2.3"],
      ...["1", "1.2", "1.3", "latest"],
    ]);
  }));

test("moving tags need a version", async () => {
  for (const ref of ["127.0.0.1:1/a:dev", "127.0.0.1:1/a", "127.0.0.1:1/a:1.2"]) {
    await assert.rejects(push(one, [ref], { semverTags: true }), {
      code: "OPTION_INVALID",
      message: /no version/,
    });
  }
});

test("a tag is set beside another", () =>
  withRegistry(async (place) => {
    await push(one, [`${place}:dev`]);
    const set = await tag(`${place}:dev`, "1.0.0");
    assert.deepEqual(set, { ref: `${place}:1.0.0`, digest: one.digest });
    assert.equal((await tag(`${place}@${one.digest}`, "1.0.0")).previous, one.digest);
    await push(two, [`${place}:dev`]);
    await assert.rejects(tag(`${place}:dev`, "1.0.0"), { code: "TAG_EXISTS" });
    assert.equal((await tag(`${place}:dev`, "1.0.0", { force: true })).previous, one.digest);
    await assert.rejects(tag(`${place}:dev`, "a b"), { code: "REFERENCE_INVALID" });
    await assert.rejects(tag(`${place}:none`, "x"), { code: "NOT_FOUND" });
  }));
