import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { packOci } from "./artifact/pack-oci.js";
import { attach } from "./attach.js";
import { copy, copyAll } from "./copy.js";
import { digestOf } from "./digest.js";
import { encodeJson } from "./json.js";
import { listTags } from "./list-tags.js";
import { mediaTypes } from "./media-types.js";
import { pull } from "./pull.js";
import { push } from "./push.js";
import { parseReference } from "./reference.js";
import { referrers } from "./referrers.js";
import { type Fault, type Registry, type RegistryOptions, startRegistry } from "./registry/index.js";
import { openStore } from "./store/open.js";
import { emptyWasm } from "./testing/hostile.js";
import { attachment, sample } from "./testing/registry-contract.js";
import { withTempFolder } from "./testing/temp-folder.js";

const layer = sample.layers[0]?.descriptor.digest ?? "";
const hex = sample.digest.slice("sha256:".length);
const quick = { retries: 2, retryDelayMs: 1 };

async function withRegistries(
  work: (one: Registry, two: Registry) => Promise<void>,
  options: RegistryOptions = {},
): Promise<void> {
  const [one, two] = [await startRegistry(options), await startRegistry()];
  try {
    await work(one, two);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

test("an air-gapped mirror: registry, folder, another registry, with everything", () =>
  withRegistries((one, two) =>
    withTempFolder(async (folder) => {
      const source = `${one.host}/a:1.0.0`;
      await push(sample, [source, `${one.host}/a:sha256-${hex}.sig`]);
      const sbom = await attach(source, attachment("application/vnd.cyclonedx+json"));
      await attach(sbom.ref, attachment("text/x-signature"));
      const mirror = `oci:${join(folder, "m")}`;
      const out = await copy(source, mirror, { recursive: true });
      assert.deepEqual([out.ref, out.referrers], [`${mirror}:1.0.0`, 3]);
      const target = `${two.host}/b:1.0.0`;
      await copy(`${mirror}:1.0.0`, target, { recursive: true });
      assert.equal((await pull(target)).digest, sample.digest);
      assert.deepEqual(
        (await referrers(target)).map(({ digest }) => digest),
        [sbom.digest],
      );
      assert.equal((await referrers(`${two.host}/b@${sbom.digest}`)).length, 1);
      assert.deepEqual(await listTags(`${two.host}/b`, { all: true }), ["1.0.0", `sha256-${hex}.sig`]);
      const before = two.requests.length;
      const again = await copy(`${mirror}:1.0.0`, target, { recursive: true });
      assert.deepEqual([again.bytes, again.manifests], [0, 0]);
      assert.ok(two.requests.slice(before).every(({ method }) => method === "GET" || method === "HEAD"));
    }),
  ));

test("without recursive, the artifact alone", () =>
  withRegistries(async (one, two) => {
    await push(sample, [`${one.host}/a:1`]);
    await attach(`${one.host}/a:1`, attachment("text/plain"));
    const copied = await copy(`${one.host}/a:1`, `${two.host}/a`);
    const { ref, manifests, referrers: found } = copied;
    assert.deepEqual([ref, manifests, found], [`${two.host}/a:1`, 1, 0]);
    assert.deepEqual(await referrers(`${two.host}/a:1`), []);
    assert.equal(
      (await copy(`${one.host}/a@${sample.digest}`, `${two.host}/c`)).ref,
      `${two.host}/c@${sample.digest}`,
    );
  }));

test("blobs are mounted on the same registry, also with tokens", async () => {
  const credentials = { username: "u", password: "p" };
  for (const auth of [undefined, { type: "token" as const, users: { u: "p" } }]) {
    const registry = await startRegistry(auth ? { auth } : {});
    await push(sample, [`${registry.host}/a:1`], { credentials });
    const before = registry.requests.length;
    const copied = await copy(`${registry.host}/a:1`, `${registry.host}/b:1`, { credentials });
    assert.equal(copied.bytes, sample.manifestBytes.length);
    const sent = registry.requests.slice(before);
    assert.ok(sent.every(({ method, path }) => method !== "GET" || !path.includes("/blobs/")));
    assert.equal((await pull(`${registry.host}/b:1`, { credentials })).digest, sample.digest);
    await registry.close();
  }
});

test("a mount that is refused becomes an upload", () =>
  withRegistries(
    async (one) => {
      await push(sample, [`${one.host}/a:1`]);
      await copy(`${one.host}/a:1`, `${one.host}/b:1`);
      assert.equal((await pull(`${one.host}/b:1`)).digest, sample.digest);
    },
    { faults: ({ query }) => (query.has("mount") ? { type: "status", status: 403 } : undefined) },
  ));

test("an index is copied with its manifests", () =>
  withRegistries((one, two) =>
    withTempFolder(async (folder) => {
      await push(sample, [`${one.host}/a:1`]);
      const manifests = [
        { mediaType: sample.mediaType, digest: sample.digest, size: sample.manifestBytes.length },
      ];
      const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
      const store = openStore(parseReference(`${one.host}/a`), "pull,push");
      await store.putManifest("all", mediaTypes.ociIndex, bytes);
      await store.close();
      const mirror = `oci:${folder}:all`;
      assert.equal((await copy(`${one.host}/a:all`, mirror)).digest, digestOf(bytes));
      assert.deepEqual(await listTags(`oci:${folder}`), ["all"]);
      await copy(mirror, `${two.host}/a`, { recursive: true });
      assert.equal((await pull(`${two.host}/a@${sample.digest}`)).digest, sample.digest);
    }),
  ));

test("a broken download is tried again; a false one leaves nothing", async (t) => {
  const cut: Fault = { type: "truncate", bytes: 300 };
  const when = ({ method, path }: { method: string; path: string }) =>
    method === "GET" && path.endsWith(layer);
  const targets = ["registry", "layout"] as const;
  for (const target of targets) {
    for (const [fault, times, code] of [
      [cut, 1, undefined],
      [{ ...cut, bytes: 10 }, 99, "REGISTRY_UNREACHABLE"],
      [{ type: "corrupt" }, 99, "DIGEST_MISMATCH"],
    ] as [Fault, number, string | undefined][]) {
      await t.test(`${target}: ${fault.type} ${times} times`, () =>
        withRegistries(
          (one, two) =>
            withTempFolder(async (folder) => {
              await push(sample, [`${one.host}/a:1`]);
              const place = target === "layout" ? `oci:${folder}/m` : `${two.host}/b`;
              const copying = copy(`${one.host}/a:1`, `${place}:1`, quick);
              if (code === undefined) {
                await copying;
                assert.equal((await pull(`${place}:1`)).digest, sample.digest);
              } else {
                await assert.rejects(copying, { name: "MeshwasmError", code });
                await assert.rejects(pull(`${place}:1`), { code: "NOT_FOUND" });
              }
            }),
          { faults: [{ when, fault, times }] },
        ),
      );
    }
  }
});

test("run again, an interrupted copy to disk fetches only what is missing", () =>
  withRegistries(
    (one) =>
      withTempFolder(async (folder) => {
        await push(sample, [`${one.host}/a:1`]);
        const again = () => copy(`${one.host}/a:1`, `oci:${folder}/m`, { retries: 0 });
        await assert.rejects(again(), { code: "REGISTRY_UNREACHABLE" });
        const before = one.requests.length;
        await again();
        const fetched = one.requests
          .slice(before)
          .filter(({ method, path }) => method === "GET" && path.includes("/blobs/"));
        assert.deepEqual(
          fetched.map(({ path }) => path),
          [`/v2/a/blobs/${layer}`],
        );
        assert.equal((await pull(`oci:${folder}/m:1`)).digest, sample.digest);
      }),
    { faults: [{ when: `GET /blobs/${layer}`, fault: { type: "truncate", bytes: 10 }, times: 1 }] },
  ));

test("what is refused", () =>
  withRegistries(async (one, two) => {
    const source = `${one.host}/a:1.0.0`;
    await push(sample, [source]);
    const wrong = `${two.host}/a@sha256:${"0".repeat(64)}`;
    await assert.rejects(copy(source, wrong), { code: "REFERENCE_INVALID", message: /but the source is/ });
    const large = { code: "SIZE_LIMIT", hint: /maxLayerBytes/ };
    await assert.rejects(copy(source, `${two.host}/a`, { maxLayerBytes: 500 }), large);
    const credentials = { username: "u", password: "p" };
    await assert.rejects(copy(source, `${two.host}/a`, { credentials }), { code: "OPTION_INVALID" });
    await assert.rejects(copy(`${one.host}/a:none`, `${two.host}/a`), { code: "NOT_FOUND" });
    await attach(source, attachment("text/plain"));
    const [other] = await referrers(source);
    await copy(`${one.host}/a@${other?.digest}`, `${two.host}/a:1.0.0`);
    await assert.rejects(copy(source, `${two.host}/a:1.0.0`), { code: "TAG_EXISTS" });
    await copy(source, `${two.host}/a:1.0.0`, { force: true });
  }));

/** Artifacts that share a layer, each with an SBOM. */
async function pushMany(host: string, count = 12): Promise<string[]> {
  const tags = Array.from({ length: count }, (_, index) => `1.${index}.0`).reverse();
  for (const [index, tag] of tags.entries()) {
    const files = new Map([["README.md", Buffer.from(`${index}\n`)]]);
    await push(packOci({ wasm: emptyWasm, files }), [`${host}/a:${tag}`]);
    await attach(`${host}/a:${tag}`, attachment("application/vnd.cyclonedx+json"));
  }
  return tags;
}

test("a whole repository: every tag with its referrers, each blob once, and nothing the second time", () =>
  withRegistries((one, two) =>
    withTempFolder(async (folder) => {
      const tags = await pushMany(one.host);
      const mirror = `oci:${join(folder, "m")}`;
      const out = await copyAll(`${one.host}/a`, mirror, { recursive: true });
      assert.deepEqual(
        out.copies.map(({ ref }) => ref),
        tags.map((tag) => `${mirror}:${tag}`),
      );
      assert.deepEqual([out.manifests, out.referrers], [24, 12]);
      const back = await copyAll(mirror, `${two.host}/b`, { recursive: true });
      assert.deepEqual(await listTags(`${two.host}/b`), tags);
      for (const tag of tags) assert.equal((await referrers(`${two.host}/b:${tag}`)).length, 1);
      const uploads = two.requests.filter(
        ({ method, path }) => method === "POST" && path.includes("/uploads/"),
      );
      assert.equal(uploads.length, back.blobs);
      assert.equal((await copyAll(mirror, `${two.host}/b`, { recursive: true })).bytes, 0);
    }),
  ));

test("the first tag of a repository that fails ends the copy, by name", () =>
  withRegistries(async (one, two) => {
    await pushMany(one.host, 64);
    await push(packOci({ wasm: emptyWasm }), [`${two.host}/b:1.63.0`]);
    await assert.rejects(copyAll(`${one.host}/a`, `${two.host}/b`), {
      code: "TAG_EXISTS",
      message: /b:1\.63\.0/,
    });
    const after = two.requests.length;
    assert.ok((await listTags(`${two.host}/b`)).length < 64);
    await sleep(100);
    assert.equal(two.requests.length, after + 1, "it went on");
    await assert.rejects(copyAll(`${one.host}/a:1.0.0`, `${two.host}/b`), { code: "REFERENCE_INVALID" });
    await assert.rejects(copyAll(`${one.host}/none`, `${two.host}/b`), { code: "NOT_FOUND" });
  }));
