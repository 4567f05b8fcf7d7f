import assert from "node:assert/strict";
import { formats, pack } from "../artifact/pack.js";
import { packCompat } from "../artifact/pack-compat.js";
import { type Attachment, attach } from "../attach.js";
import { copy } from "../copy.js";
import { deleteArtifact } from "../delete.js";
import { inspect } from "../inspect.js";
import { listRepositories } from "../list-repositories.js";
import { listTags } from "../list-tags.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { referrers } from "../referrers.js";
import type { RemoteOptions } from "../remote/options.js";
import { tag } from "../tag.js";

/** A registry under test. */
export interface Subject {
  /** `HOST:PORT`. */
  host: string;
  options: RemoteOptions;
}

const wasm = Uint8Array.from(
  { length: 60_000 },
  (_, index) => [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0][index] ?? (index * 31) % 251,
);

/** The artifact that the contract pushes: 60 kB, three files. */
export const sample = packCompat({
  wasm,
  files: new Map([
    ["filter.yaml", new TextEncoder().encode("name: hello\nversion: 1.0.0\n")],
    ["config.schema.json", new TextEncoder().encode("{}\n")],
  ]),
  metadata: { title: "hello", version: "1.0.0" },
});

/** Something to attach, with its type as a note. */
export function attachment(artifactType: string): Attachment {
  const bytes = new TextEncoder().encode(`I am ${artifactType}`);
  return { artifactType, layers: [{ mediaType: artifactType, bytes }], annotations: { note: artifactType } };
}

/** What every registry must do alike with our client, each step on a fresh repository of the same registry. */
export const contract: [string, (subject: Subject, repository: string) => Promise<void>][] = [
  [
    "push by tag, pull by tag: the same bytes",
    async ({ host, options }, repository) => {
      const [pushed] = await push(sample, [`${host}/${repository}:1.0.0`], options);
      const pulled = await pull(`${host}/${repository}:1.0.0`, options);
      assert.equal(pushed?.digest, sample.digest);
      assert.equal(pulled.digest, sample.digest);
      assert.deepEqual(pulled.wasm, wasm);
      assert.equal(pulled.wasmDigest, sample.wasmDigest);
      assert.deepEqual([...pulled.files.keys()], ["filter.yaml", "config.schema.json"]);
      assert.equal(pulled.bytes, pushed?.bytes);
    },
  ],
  [
    "pull by digest, and by tag and digest",
    async ({ host, options }, repository) => {
      await push(sample, [`${host}/${repository}:1.0.0`], options);
      const ref = `${host}/${repository}@${sample.digest}`;
      assert.equal((await pull(ref, options)).ref, ref);
      assert.equal(
        (await pull(`${host}/${repository}:none@${sample.digest}`, options)).digest,
        sample.digest,
      );
    },
  ],
  [
    "push to several tags, and to latest when none is named",
    async ({ host, options }, repository) => {
      const results = await push(sample, [`${host}/${repository}:1.0`, `${host}/${repository}`], options);
      assert.deepEqual(
        results.map(({ ref }) => ref),
        [`${host}/${repository}:1.0`, `${host}/${repository}:latest`],
      );
      assert.equal((await pull(`${host}/${repository}`, options)).digest, sample.digest);
    },
  ],
  [
    "push by digest",
    async ({ host, options }, repository) => {
      const ref = `${host}/${repository}@${sample.digest}`;
      const [pushed] = await push(sample, [ref], options);
      assert.equal(pushed?.ref, ref);
      assert.equal((await pull(ref, options)).digest, sample.digest);
    },
  ],
  [
    "a second push sends nothing",
    async ({ host, options }, repository) => {
      const ref = `${host}/${repository}:1.0.0`;
      const [first] = await push(sample, [ref], options);
      const [second] = await push(sample, [ref], options);
      assert.equal(first?.uploadedBytes, first?.bytes);
      assert.equal(second?.uploadedBytes, 0);
    },
  ],
  [
    "a tag moves to other content",
    async ({ host, options }, repository) => {
      const ref = `${host}/${repository}:dev`;
      const other = packCompat({ wasm: wasm.subarray(0, 8) });
      await push(sample, [ref], options);
      await push(other, [ref], options);
      assert.equal((await pull(ref, options)).digest, other.digest);
    },
  ],
  [
    "inspect",
    async ({ host, options }, repository) => {
      await push(sample, [`${host}/${repository}:1.0.0`], options);
      const found = await inspect(`${host}/${repository}:1.0.0`, options);
      assert.equal(found.digest, sample.digest);
      assert.deepEqual(found.loadableBy, sample.loadableBy);
      assert.equal(found.wasm?.digest, sample.wasmDigest);
      assert.equal(found.wasm?.size, wasm.length);
      assert.equal(found.filterYaml, "name: hello\nversion: 1.0.0\n");
      assert.deepEqual(
        [found.hasConfigSchema, found.hasReadme, found.platform],
        [true, false, "linux/amd64"],
      );
      assert.equal(found.annotations["org.opencontainers.image.title"], "hello");
    },
  ],
  [
    "list, tag, and moving tags",
    async ({ host, options }, repository) => {
      const place = `${host}/${repository}`;
      await push(sample, [`${place}:1.2.3`], { ...options, semverTags: true });
      await tag(`${place}:1.2.3`, "dev", options);
      assert.deepEqual(await listTags(place, options), ["1.2.3", "1", "1.2", "dev", "latest"]);
      const other = packCompat({ wasm: wasm.subarray(0, 8) });
      await assert.rejects(push(other, [`${place}:1.2.3`], options), { code: "TAG_EXISTS" });
    },
  ],
  [
    "delete by digest, with all tags",
    async ({ host, options }, repository) => {
      const place = `${host}/${repository}`;
      const other = packCompat({ wasm: wasm.subarray(0, 8) });
      await push(sample, [`${place}:dev`, `${place}:1.0.0`], options);
      await push(other, [`${place}:other`], options);
      await assert.rejects(deleteArtifact(`${place}@${sample.digest}`, options), { code: "DELETE_REFUSED" });
      await deleteArtifact(`${place}@${sample.digest}`, { ...options, force: true });
      await assert.rejects(pull(`${place}@${sample.digest}`, options), { code: "NOT_FOUND" });
      await assert.rejects(pull(`${place}:dev`, options), { code: "NOT_FOUND" });
      assert.equal((await pull(`${place}:other`, options)).digest, other.digest);
      await assert.rejects(deleteArtifact(`${place}@${sample.digest}`, { ...options, force: true }), {
        code: "NOT_FOUND",
      });
    },
  ],
  [
    "every format",
    async ({ host, options }, repository) => {
      for (const format of formats) {
        await push(pack({ wasm }, format), [`${host}/${repository}:${format}`], options);
        assert.deepEqual((await pull(`${host}/${repository}:${format}`, options)).wasm, wasm);
      }
    },
  ],
  [
    "attach and find referrers",
    async ({ host, options }, repository) => {
      const ref = `${host}/${repository}:1.0.0`;
      await push(sample, [ref], options);
      assert.deepEqual(await referrers(ref, options), []);
      const first = await attach(ref, attachment("text/plain"), options);
      const second = await attach(ref, attachment("text/x-other"), options);
      assert.equal((await attach(ref, attachment("text/plain"), options)).digest, first.digest);
      assert.equal(first.subject, sample.digest);
      const found = await referrers(ref, options);
      assert.deepEqual(found.map(({ digest }) => digest).sort(), [first.digest, second.digest].sort());
      const [only] = await referrers(ref, { ...options, artifactType: "text/x-other" });
      assert.deepEqual([only?.digest, only?.annotations], [second.digest, { note: "text/x-other" }]);
      assert.deepEqual(await listTags(`${host}/${repository}`, options), ["1.0.0"]);
    },
  ],
  [
    "copy with referrers, and again without sending anything",
    async ({ host, options }, repository) => {
      const [source, target] = [`${host}/${repository}/from:1.0.0`, `${host}/${repository}/to:1.0.0`];
      await push(sample, [source], options);
      const signature = await attach(source, attachment("text/plain"), options);
      const nested = await attach(signature.ref, attachment("text/plain"), options);
      const copied = await copy(source, target, { ...options, recursive: true });
      assert.deepEqual([copied.digest, copied.referrers], [sample.digest, 2]);
      assert.deepEqual(
        (await referrers(target, options)).map(({ digest }) => digest),
        [signature.digest],
      );
      const deeper = `${host}/${repository}/to@${signature.digest}`;
      assert.deepEqual(
        (await referrers(deeper, options)).map(({ digest }) => digest),
        [nested.digest],
      );
      assert.deepEqual((await pull(target, options)).wasm, wasm);
      const again = await copy(source, target, { ...options, recursive: true });
      assert.deepEqual([again.manifests, again.blobs, again.bytes], [0, 0, 0]);
    },
  ],
  [
    "an unknown tag, digest or repository is NOT_FOUND",
    async ({ host, options }, repository) => {
      await push(sample, [`${host}/${repository}:1.0.0`], options);
      const targets = [`${repository}:2`, `${repository}@sha256:${"0".repeat(64)}`, `${repository}/none:1`];
      for (const target of targets) {
        const expected = {
          name: "MeshwasmError",
          code: "NOT_FOUND",
          exitCode: 3,
          message: new RegExp(`${host}.*404`),
        };
        await assert.rejects(pull(`${host}/${target}`, options), expected);
      }
    },
  ],
  [
    "a digest that is not the artifact's is refused before anything is sent",
    async ({ host, options }, repository) => {
      const ref = `${host}/${repository}@sha256:${"0".repeat(64)}`;
      await assert.rejects(push(sample, [ref], options), { code: "REFERENCE_INVALID" });
    },
  ],
];

/** What a registry with the user `tester` must do alike: the password is in `subject.options`. */
export const authContract: [string, (subject: Subject, repository: string) => Promise<void>][] = [
  [
    "no credentials: REGISTRY_UNAUTHORIZED",
    async ({ host, options }, repository) => {
      const anonymous = { ...options, credentials: undefined };
      const message = /wants credentials .*\(401\)/;
      const expected = { code: "REGISTRY_UNAUTHORIZED", exitCode: 3, message };
      await assert.rejects(push(sample, [`${host}/${repository}:1`], anonymous), expected);
      await assert.rejects(pull(`${host}/${repository}:1`, anonymous), { code: "REGISTRY_UNAUTHORIZED" });
    },
  ],
  [
    "wrong credentials: REGISTRY_UNAUTHORIZED, and the password is not repeated",
    async ({ host, options }, repository) => {
      const wrong = { ...options, credentials: { username: "tester", password: "not-the-password" } };
      await assert.rejects(pull(`${host}/${repository}:1`, wrong), (error: Error & { code: string }) => {
        assert.equal(error.code, "REGISTRY_UNAUTHORIZED");
        assert.match(error.message, /refused the credentials of tester/);
        assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error)}`, /not-the-password/);
        return true;
      });
    },
  ],
];

/** What only registries do, not a layout. */
export const registryContract: typeof contract = [
  [
    "the list of repositories",
    async ({ host, options }, repository) => {
      await push(sample, [`${host}/${repository}:1.0.0`], options);
      assert.ok((await listRepositories(host, options)).includes(repository));
    },
  ],
];
