import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pack } from "../artifact/pack.js";
import { digestOf } from "../digest.js";
import { inspect } from "../inspect.js";
import { listTags } from "../list-tags.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { tag } from "../tag.js";
import { contract, sample } from "../testing/registry-contract.js";
import { withTempFolder } from "../testing/temp-folder.js";
import { changeIndexFile, type IndexEntry } from "./index-file.js";
import { LayoutStore } from "./layout-store.js";

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const layer = sample.layers[0]?.descriptor.digest ?? "";
const policy = { retries: 0, retryDelayMs: 1, signal: undefined, isSoleLatest: false };
const blobFile = (folder: string, digest: string) => join(folder, "blobs", ...digest.split(":"));
const indexOf = (folder: string) => JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));

test("the contract on a layout", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-layout-"));
  for (const [index, [name, step]] of contract.entries()) {
    if (/unknown tag/.test(name)) continue;
    await t.test(name, () => step({ host: `oci:${folder}`, options: {} }, `r${index}`));
  }
  rmSync(folder, { recursive: true });
});

test("what is written is a layout by the specification, with nothing left over", () =>
  withTempFolder(async (folder) => {
    await push(sample, [`oci:${folder}/a:1.0.0`, `oci:${folder}/a:dev`]);
    const place = join(folder, "a");
    assert.deepEqual(readdirSync(place).sort(), ["blobs", "index.json", "oci-layout"]);
    assert.deepEqual(JSON.parse(readFileSync(join(place, "oci-layout"), "utf8")), {
      imageLayoutVersion: "1.0.0",
    });
    const entry = (name: string) => ({
      mediaType: sample.mediaType,
      digest: sample.digest,
      size: sample.manifestBytes.length,
      artifactType: "application/vnd.oci.image.config.v1+json",
      annotations: { "org.opencontainers.image.ref.name": name },
    });
    assert.deepEqual(indexOf(place), {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [entry("1.0.0"), entry("dev")],
    });
    for (const file of readdirSync(join(place, "blobs", "sha256"))) {
      assert.equal(digestOf(readFileSync(blobFile(place, `sha256:${file}`))), `sha256:${file}`);
    }
  }));

test("tags are set, moved, listed and protected", () =>
  withTempFolder(async (folder) => {
    const place = `oci:${folder}`;
    const other = pack({ wasm });
    await push(sample, [`${place}:1.0.0`], { semverTags: true });
    assert.deepEqual(await listTags(place), ["1.0.0", "1", "1.0", "latest"]);
    await assert.rejects(push(other, [`${place}:1.0.0`]), { code: "TAG_EXISTS" });
    assert.equal((await tag(`${place}:1.0.0`, "dev")).ref, `${place}:dev`);
    await push(other, [`${place}:dev`]);
    assert.equal((await pull(`${place}:dev`)).digest, other.digest);
    assert.equal((await pull(`${place}@${sample.digest}`)).digest, sample.digest);
    await assert.rejects(pull(`${place}:none`), { code: "NOT_FOUND", message: /no manifest none/ });
    await assert.rejects(pull(`${place}@sha256:${"0".repeat(64)}`), { code: "NOT_FOUND" });
  }));

test("the only artifact is found without a tag; one of two is not", () =>
  withTempFolder(async (folder) => {
    await push(sample, [`oci:${folder}:1.0.0`]);
    assert.equal((await inspect(`oci:${folder}`)).digest, sample.digest);
    await assert.rejects(pull(`oci:${folder}:latest`), { code: "NOT_FOUND" });
    await push(sample, [`oci:${folder}:2.0.0`]);
    await assert.rejects(pull(`oci:${folder}`), { code: "NOT_FOUND" });
  }));

test("many writers at once lose nothing", () =>
  withTempFolder(async (folder) => {
    const names = Array.from({ length: 24 }, (_, index) => `1.0.${index}`);
    await Promise.all(
      names.map((name) => push(pack({ wasm, metadata: { version: name } }), [`oci:${folder}/new:${name}`])),
    );
    assert.deepEqual((await listTags(`oci:${folder}/new`)).sort(), names.sort());
    for (const name of names.slice(0, 3)) await pull(`oci:${folder}/new:${name}`);
  }));

test("one writer that is refused among many takes no other with it", () =>
  withTempFolder(async (folder) => {
    await push(sample, [`oci:${folder}:first`]);
    const entries = (count: number, from: number): IndexEntry[] =>
      Array.from({ length: count }, (_, index) => {
        const hex = (index + from).toString(16).padStart(64, "0");
        const descriptor = { mediaType: sample.mediaType, digest: `sha256:${hex}`, size: 1 };
        return { descriptor, raw: descriptor };
      });
    const results = await Promise.allSettled([
      changeIndexFile(folder, (all) => [...all, ...entries(1, 1)]),
      changeIndexFile(folder, (all) => [...all, ...entries(1, 2)]),
      changeIndexFile(folder, (all) => [...all, ...entries(10_001, 100)]),
      changeIndexFile(folder, () => undefined),
      changeIndexFile(folder, (all) => [...all, ...entries(1, 3)]),
      changeIndexFile(folder, () => {
        throw new TypeError("mine");
      }),
    ]);
    assert.deepEqual(
      results.map((each) =>
        each.status === "fulfilled" ? "done" : (each.reason.code ?? each.reason.message),
      ),
      ["done", "done", "SIZE_LIMIT", "done", "done", "mine"],
    );
    assert.equal(indexOf(folder).manifests.length, 4);
  }));

test("a lock that a dead process left is removed", () =>
  withTempFolder(async (folder) => {
    await push(sample, [`oci:${folder}:1`]);
    const { hostname } = await import("node:os");
    writeFileSync(join(folder, ".index.lock"), `999999999 x ${hostname()}`);
    await push(sample, [`oci:${folder}:2`]);
    assert.deepEqual(await listTags(`oci:${folder}`), ["1", "2"]);
  }));

test("unknown members of the index are kept", () =>
  withTempFolder(async (folder) => {
    await push(sample, [`oci:${folder}:1`]);
    const index = indexOf(folder);
    index.annotations = { a: "b" };
    index.manifests[0].platform = { os: "linux", architecture: "amd64" };
    writeFileSync(join(folder, "index.json"), JSON.stringify(index));
    await push(sample, [`oci:${folder}:2`]);
    const after = indexOf(folder);
    assert.deepEqual(
      [after.annotations, after.manifests[0].platform],
      [index.annotations, index.manifests[0].platform],
    );
  }));

test("damaged and hostile layouts are refused", async (t) => {
  const table: [string, (folder: string) => void, string, RegExp][] = [
    [
      "a changed layer",
      (f) => writeFileSync(blobFile(f, layer), Buffer.alloc(sample.layers[0]?.bytes.length ?? 0)),
      "DIGEST_MISMATCH",
      /other content/,
    ],
    ["a shorter layer", (f) => truncateSync(blobFile(f, layer), 9), "SIZE_MISMATCH", /has 9 bytes/],
    ["a missing layer", (f) => rmSync(blobFile(f, layer)), "NOT_FOUND", /has no blob/],
    [
      "a changed manifest",
      (f) => writeFileSync(blobFile(f, sample.digest), "{}"),
      "DIGEST_MISMATCH",
      /other content/,
    ],
    [
      "a huge manifest",
      (f) => writeFileSync(blobFile(f, sample.digest), Buffer.alloc(5 << 20)),
      "SIZE_LIMIT",
      /larger than/,
    ],
    [
      "a link as layer",
      (f) => {
        rmSync(blobFile(f, layer));
        symlinkSync("/etc/passwd", blobFile(f, layer));
      },
      "FILE_FAILED",
      /is a link/,
    ],
    [
      "a folder as layer",
      (f) => {
        rmSync(blobFile(f, layer));
        mkdirSync(blobFile(f, layer));
      },
      "LAYOUT_INVALID",
      /is no file/,
    ],
    [
      "an index that is no JSON",
      (f) => writeFileSync(join(f, "index.json"), "x"),
      "MANIFEST_INVALID",
      /not JSON/,
    ],
    [
      "a digest with a path",
      (f) =>
        writeFileSync(
          join(f, "index.json"),
          '{"schemaVersion":2,"manifests":[{"mediaType":"a/b","size":1,"digest":"sha256:../../x"}]}',
        ),
      "MANIFEST_INVALID",
      /digest/,
    ],
    [
      "a huge index",
      (f) => writeFileSync(join(f, "index.json"), " ".repeat(5 << 20)),
      "SIZE_LIMIT",
      /limit is/,
    ],
    [
      "another version",
      (f) => writeFileSync(join(f, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}'),
      "LAYOUT_INVALID",
      /layout 1\.0\.0/,
    ],
    ["no marker", (f) => rmSync(join(f, "oci-layout")), "LAYOUT_INVALID", /no OCI image layout/],
    ["nothing", (f) => rmSync(f, { recursive: true }), "LAYOUT_INVALID", /there is no OCI image layout/],
  ];
  for (const [name, damage, code, message] of table) {
    await t.test(name, () =>
      withTempFolder(async (parent) => {
        const folder = join(parent, "x");
        await push(sample, [`oci:${folder}:1`]);
        damage(folder);
        await assert.rejects(pull(`oci:${folder}:1`), { name: "MeshwasmError", code, message });
      }),
    );
  }
});

test("what cannot be written leaves nothing under a final name", async (t) => {
  const store = (folder: string) => new LayoutStore(folder, { ...policy, access: "pull,push" });
  const descriptor = { mediaType: "a/b", digest: digestOf(wasm), size: wasm.length };
  await t.test("wrong content", () =>
    withTempFolder(async (folder) => {
      await assert.rejects(
        store(folder).putBlob(
          descriptor,
          wasm.map((byte) => byte ^ 1),
        ),
        { code: "DIGEST_MISMATCH" },
      );
      await assert.rejects(store(folder).putBlob(descriptor, new Uint8Array(1000)), {
        code: "SIZE_MISMATCH",
      });
      assert.deepEqual(readdirSync(join(folder, "blobs", "sha256")), []);
      assert.deepEqual(readdirSync(folder).sort(), ["blobs", "oci-layout"]);
    }),
  );
  await t.test("a folder with other files", () =>
    withTempFolder(async (folder) => {
      writeFileSync(join(folder, "thesis.txt"), "");
      await assert.rejects(push(sample, [`oci:${folder}:1`]), { code: "LAYOUT_INVALID", exitCode: 2 });
      assert.deepEqual(readdirSync(folder), ["thesis.txt"]);
    }),
  );
  await t.test("blobs elsewhere by a link", () =>
    withTempFolder(async (folder) => {
      mkdirSync(join(folder, "a"));
      mkdirSync(join(folder, "elsewhere"));
      writeFileSync(join(folder, "a", "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
      symlinkSync("../elsewhere", join(folder, "a", "blobs"));
      await assert.rejects(push(sample, [`oci:${folder}/a:1`]), {
        code: "LAYOUT_INVALID",
        message: /is a link/,
      });
      assert.deepEqual(readdirSync(join(folder, "elsewhere")), []);
    }),
  );
  await t.test("a file in the way, an abort", () =>
    withTempFolder(async (folder) => {
      writeFileSync(join(folder, "file"), "");
      await assert.rejects(push(sample, [`oci:${folder}/file:1`]), { code: "FILE_FAILED", exitCode: 1 });
      const aborted = { signal: AbortSignal.abort() };
      await assert.rejects(push(sample, [`oci:${folder}/a:1`], aborted), { code: "ABORTED" });
    }),
  );
});
