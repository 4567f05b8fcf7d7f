import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { type Registry, startRegistry } from "./index.js";

// The rules of https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md, asked over plain HTTP.

const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const ociIndex = "application/vnd.oci.image.index.v1+json";
const sha = (bytes: string, algorithm = "sha256") =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
const absent = sha("absent");

let registry: Registry;
before(async () => {
  registry = await startRegistry();
});
after(() => registry.close());

test("base", async () => {
  const response = await ask("GET", "/v2/");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("docker-distribution-api-version"), "registry/2.0");
});

test("status and error code of single requests", async (t) => {
  await pushBlob("table", "0123456789");
  const digest = sha("0123456789");
  const table: [string, string, number, string?][] = [
    ["GET", "/", 404, "UNSUPPORTED"],
    ["POST", "/v2/", 405, "UNSUPPORTED"],
    ["GET", "/v2/table/unknown", 404, "UNSUPPORTED"],
    ["GET", "/v2/Table/tags/list", 400, "NAME_INVALID"],
    ["GET", "/v2/a..b/tags/list", 400, "NAME_INVALID"],
    ["GET", `/v2/${"a".repeat(256)}/tags/list`, 400, "NAME_INVALID"],
    ["GET", "/v2/none/tags/list", 404, "NAME_UNKNOWN"],
    ["POST", "/v2/table/tags/list", 405, "UNSUPPORTED"],
    ["GET", "/v2/table/tags/list?n=x", 400, "PAGINATION_NUMBER_INVALID"],
    ["GET", "/v2/none/manifests/1", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/table/manifests/1", 404, "MANIFEST_UNKNOWN"],
    ["HEAD", "/v2/table/manifests/1", 404],
    ["GET", `/v2/table/manifests/${absent}`, 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/table/manifests/sha256:00", 400, "DIGEST_INVALID"],
    ["GET", "/v2/table/manifests/-x", 400, "TAG_INVALID"],
    ["DELETE", `/v2/table/manifests/${absent}`, 404, "MANIFEST_UNKNOWN"],
    ["GET", `/v2/table/blobs/${absent}`, 404, "BLOB_UNKNOWN"],
    ["HEAD", `/v2/table/blobs/${absent}`, 404],
    ["GET", "/v2/table/blobs/sha256:zz", 400, "DIGEST_INVALID"],
    ["GET", `/v2/other/blobs/${digest}`, 404, "BLOB_UNKNOWN"],
    ["PUT", `/v2/table/blobs/${digest}`, 405, "UNSUPPORTED"],
    ["DELETE", `/v2/table/blobs/${absent}`, 404, "BLOB_UNKNOWN"],
    ["GET", "/v2/table/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN"],
    ["PATCH", "/v2/table/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN"],
    ["PUT", `/v2/table/blobs/uploads/none?digest=${absent}`, 404, "BLOB_UPLOAD_UNKNOWN"],
    ["GET", "/v2/table/blobs/uploads/", 405, "UNSUPPORTED"],
    ["GET", "/v2/table/referrers/x", 400, "DIGEST_INVALID"],
    ["GET", `/v2/table/referrers/${absent}`, 200],
    ["GET", "/v2/_catalog", 200],
  ];
  for (const [method, path, status, code] of table) {
    await t.test(`${method} ${path.slice(0, 60)}`, async () => {
      const response = await ask(method, path);
      assert.equal(response.status, status);
      if (code) assert.equal(await codeOf(response), code);
      else await response.body?.cancel();
    });
  }
});

test("a blob in one request", async () => {
  const done = await ask("POST", `/v2/one/blobs/uploads/?digest=${sha("x")}`, { body: "x" });
  assert.equal(done.status, 201);
  assert.equal(done.headers.get("docker-content-digest"), sha("x"));
  const fetched = await ask("GET", done.headers.get("location") ?? "");
  assert.equal(await fetched.text(), "x");
  const head = await ask("HEAD", `/v2/one/blobs/${sha("x")}`);
  assert.deepEqual([head.status, head.headers.get("content-length")], [200, "1"]);
});

test("a blob by POST and PUT, sha512 and empty too", async () => {
  for (const [content, digest] of [
    ["hello", sha("hello")],
    ["hello", sha("hello", "sha512")],
    ["", sha("")],
  ] as const) {
    const location = await startUpload("two");
    const done = await ask("PUT", withDigest(location, digest), { body: content });
    assert.equal(done.status, 201);
    assert.equal(await (await ask("GET", `/v2/two/blobs/${digest}`)).text(), content);
  }
});

test("a blob with the wrong digest is not stored", async () => {
  const done = await ask("PUT", withDigest(await startUpload("wrong"), absent), { body: "hello" });
  assert.deepEqual([done.status, await codeOf(done)], [400, "DIGEST_INVALID"]);
  assert.equal((await ask("HEAD", `/v2/wrong/blobs/${absent}`)).status, 404);
  const none = await ask("PUT", await startUpload("wrong"), { body: "hello" });
  assert.equal(await codeOf(none), "DIGEST_INVALID");
});

test("chunks come in order", async () => {
  let location = await startUpload("chunks");
  const chunk = async (range: string, body: string, status: number) => {
    const response = await ask("PATCH", location, { body, headers: { "content-range": range } });
    assert.equal(response.status, status, range);
    location = response.headers.get("location") ?? location;
    return response.headers.get("range");
  };
  assert.equal(await chunk("5-9", "56789", 416), "0-0");
  assert.equal(await chunk("0-4", "01234", 202), "0-4");
  assert.equal(await chunk("0-4", "01234", 416), "0-4");
  assert.equal(await chunk("5-8", "56789", 416), "0-4");
  assert.equal(await chunk("bytes 5-9", "56789", 416), "0-4");
  const progress = await ask("GET", location);
  assert.deepEqual([progress.status, progress.headers.get("range")], [204, "0-4"]);
  assert.equal(await chunk("5-7", "567", 202), "0-7");
  const headers = { "content-range": "8-9" };
  const done = await ask("PUT", withDigest(location, sha("0123456789")), { body: "89", headers });
  assert.equal(done.status, 201);
  assert.equal((await ask("GET", location)).status, 404);
});

test("an upload can be streamed in one PATCH, and cancelled", async () => {
  const location = await startUpload("stream");
  const patched = await ask("PATCH", location, { body: "abc" });
  assert.equal(patched.status, 202);
  const done = await ask("PUT", withDigest(patched.headers.get("location") ?? "", sha("abc")));
  assert.equal(done.status, 201);
  const other = await startUpload("stream");
  assert.equal((await ask("DELETE", other)).status, 204);
  assert.equal((await ask("PATCH", other, { body: "x" })).status, 404);
});

test("a blob is mounted from another repository, or uploaded if it cannot be", async () => {
  await pushBlob("source", "mounted");
  const digest = sha("mounted");
  const mount = (query: string) => ask("POST", `/v2/target/blobs/uploads/?mount=${query}`);
  assert.equal((await mount(`${digest}&from=none`)).status, 202);
  assert.equal((await mount(`${absent}&from=source`)).status, 202);
  assert.equal((await ask("HEAD", `/v2/target/blobs/${digest}`)).status, 404);
  assert.equal((await mount(`${digest}&from=source`)).status, 201);
  assert.equal((await ask("HEAD", `/v2/target/blobs/${digest}`)).status, 200);
  assert.equal((await ask("POST", `/v2/second/blobs/uploads/?mount=${digest}`)).status, 201);
});

test("ranges of a blob", async (t) => {
  await pushBlob("ranges", "0123456789");
  const table: [string, number, string, string | null][] = [
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=4-", 206, "456789", "bytes 4-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=5-2", 416, "", "bytes */10"],
    ["items=1-2", 200, "0123456789", null],
    ["bytes=0-1,3-4", 200, "0123456789", null],
  ];
  for (const [range, status, body, contentRange] of table) {
    await t.test(range, async () => {
      const response = await ask("GET", `/v2/ranges/blobs/${sha("0123456789")}`, { headers: { range } });
      assert.deepEqual([response.status, response.headers.get("content-range")], [status, contentRange]);
      const text = await response.text();
      if (status !== 416) assert.equal(text, body);
    });
  }
});

test("a manifest by tag and by digest", async () => {
  const text = await imageManifest("images");
  const put = await putManifest("images", "1.0", text);
  assert.deepEqual([put.status, put.headers.get("docker-content-digest")], [201, sha(text)]);
  for (const target of ["1.0", sha(text)]) {
    const response = await ask("GET", `/v2/images/manifests/${target}`);
    assert.equal(response.headers.get("content-type"), ociManifest);
    assert.equal(response.headers.get("docker-content-digest"), sha(text));
    assert.equal(await response.text(), text);
    const head = await ask("HEAD", `/v2/images/manifests/${target}`);
    assert.equal(head.headers.get("content-length"), String(text.length));
  }
  assert.equal((await putManifest("images", sha(text), text)).status, 201);
  assert.equal(await codeOf(await putManifest("images", absent, text)), "DIGEST_INVALID");
});

test("manifests that are refused", async (t) => {
  const good = JSON.parse(await imageManifest("strict")) as Record<string, unknown>;
  const config = good.config as Record<string, unknown>;
  const unknown = { ...config, digest: absent };
  const table: [string, unknown, string, string?][] = [
    ["a missing config", { ...good, config: unknown }, "MANIFEST_BLOB_UNKNOWN"],
    ["a missing layer", { ...good, layers: [unknown] }, "MANIFEST_BLOB_UNKNOWN"],
    ["a wrong size", { ...good, layers: [{ ...config, size: 99 }] }, "SIZE_INVALID"],
    ["no layers", { ...good, layers: undefined }, "MANIFEST_INVALID"],
    ["no descriptor", { ...good, layers: [null] }, "MANIFEST_INVALID"],
    ["schema 1", { ...good, schemaVersion: 1 }, "MANIFEST_INVALID"],
    ["another content type", good, "MANIFEST_INVALID", ociIndex],
    ["an unknown content type", { ...good, mediaType: undefined }, "MANIFEST_INVALID", "text/plain"],
    ["an array", [], "MANIFEST_INVALID"],
    ["a bad subject", { ...good, subject: { digest: "x" } }, "MANIFEST_INVALID"],
    [
      "an index of unknown manifests",
      { schemaVersion: 2, manifests: [unknown] },
      "MANIFEST_BLOB_UNKNOWN",
      ociIndex,
    ],
  ];
  for (const [name, value, code, type] of table) {
    await t.test(name, async () => {
      const response = await putManifest("strict", "1", JSON.stringify(value), type);
      assert.deepEqual([response.status, await codeOf(response)], [400, code]);
    });
  }
  const large = await putManifest("strict", "1", " ".repeat(4 * 1024 * 1024 + 1));
  assert.deepEqual([large.status, await codeOf(large)], [413, "SIZE_INVALID"]);
  const nondistributable = "application/vnd.oci.image.layer.nondistributable.v1.tar";
  const foreign = { ...good, layers: [{ ...unknown, mediaType: nondistributable }] };
  assert.equal((await putManifest("strict", "1", JSON.stringify(foreign))).status, 201);
});

test("an index of known manifests", async () => {
  const text = await imageManifest("indexes");
  await putManifest("indexes", "1", text);
  const entry = { mediaType: ociManifest, digest: sha(text), size: text.length };
  const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [entry] });
  assert.equal((await putManifest("indexes", "all", index, ociIndex)).status, 201);
});

test("tags in lexical order, in pages", async () => {
  const text = await imageManifest("tags");
  for (const tag of ["c", "a", "b", "B"]) await putManifest("tags", tag, text);
  const all = await ask("GET", "/v2/tags/tags/list");
  assert.deepEqual(await all.json(), { name: "tags", tags: ["B", "a", "b", "c"] });
  assert.equal(all.headers.get("link"), null);
  const pages: string[][] = [];
  let next = "/v2/tags/tags/list?n=2";
  while (next !== "") {
    const response = await ask("GET", next);
    pages.push(((await response.json()) as { tags: string[] }).tags);
    next = /^<(.*)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1] ?? "";
  }
  assert.deepEqual(pages, [
    ["B", "a"],
    ["b", "c"],
  ]);
  const after = (await (await ask("GET", "/v2/tags/tags/list?last=b")).json()) as { tags: string[] };
  assert.deepEqual(after.tags, ["c"]);
  const none = (await (await ask("GET", "/v2/tags/tags/list?n=0")).json()) as { tags: string[] };
  assert.deepEqual(none.tags, []);
});

test("deletes", async () => {
  const text = await imageManifest("deletes");
  await putManifest("deletes", "a", text);
  await putManifest("deletes", "b", text);
  assert.equal((await ask("DELETE", "/v2/deletes/manifests/a")).status, 202);
  assert.equal((await ask("GET", "/v2/deletes/manifests/a")).status, 404);
  assert.equal((await ask("GET", `/v2/deletes/manifests/${sha(text)}`)).status, 200);
  assert.equal((await ask("DELETE", `/v2/deletes/manifests/${sha(text)}`)).status, 202);
  assert.equal((await ask("GET", "/v2/deletes/manifests/b")).status, 404);
  assert.equal((await ask("DELETE", `/v2/deletes/blobs/${sha("{}")}`)).status, 202);
  assert.equal((await ask("HEAD", `/v2/deletes/blobs/${sha("{}")}`)).status, 404);
});

test("referrers", async () => {
  const subject = { mediaType: ociManifest, digest: sha("not pushed yet"), size: 14 };
  const base = JSON.parse(await imageManifest("refs")) as Record<string, unknown>;
  const signature = JSON.stringify({
    ...base,
    subject,
    artifactType: "a/signature",
    annotations: { x: "y" },
  });
  const sbom = JSON.stringify({ ...base, subject });
  const put = await putManifest("refs", sha(signature), signature);
  assert.equal(put.headers.get("oci-subject"), subject.digest);
  await putManifest("refs", "sbom", sbom);
  const list = async (query: string) => {
    const response = await ask("GET", `/v2/refs/referrers/${subject.digest}${query}`);
    assert.equal(response.headers.get("content-type"), ociIndex);
    const { manifests } = (await response.json()) as { manifests: Record<string, unknown>[] };
    return { manifests, applied: response.headers.get("oci-filters-applied") };
  };
  const all = await list("");
  assert.deepEqual(
    all.manifests.map(({ artifactType }) => artifactType),
    ["a/signature", "application/vnd.oci.image.config.v1+json"],
  );
  assert.deepEqual(all.manifests[0]?.annotations, { x: "y" });
  assert.equal(all.applied, null);
  const filtered = await list("?artifactType=a/signature");
  assert.deepEqual([filtered.manifests.length, filtered.applied], [1, "artifactType"]);
});

test("the catalog is paged", async () => {
  const { repositories } = (await (await ask("GET", "/v2/_catalog?n=1&last=i")).json()) as {
    repositories: string[];
  };
  assert.deepEqual(repositories, ["images"]);
});

test("names may hold words of the API", async () => {
  const name = "blobs/manifests/tags";
  await pushBlob(name, "x");
  assert.equal((await ask("HEAD", `/v2/${name}/blobs/${sha("x")}`)).status, 200);
});

test("a body over the limit is refused, and the log has every request", async () => {
  const small = await startRegistry({ maxBodyBytes: 10 });
  const response = await fetch(`${small.url}/v2/a/blobs/uploads/?digest=${absent}`, {
    method: "POST",
    body: "x".repeat(11),
  });
  assert.deepEqual([response.status, await codeOf(response)], [413, "SIZE_INVALID"]);
  const [logged] = small.requests;
  assert.deepEqual([logged?.method, logged?.path, logged?.status], ["POST", "/v2/a/blobs/uploads/", 413]);
  assert.equal(logged?.query.get("digest"), absent);
  await small.close();
});

test("IPv6 and a port that is taken", async (t) => {
  const taken = startRegistry({ port: registry.port });
  await assert.rejects(taken, { code: "EADDRINUSE" });
  const six = await startRegistry({ host: "::1" }).catch(() => undefined);
  if (!six) return t.skip("no IPv6 on this machine");
  assert.match(six.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await fetch(`${six.url}/v2/`)).status, 200);
  await six.close();
});

function ask(
  method: string,
  path: string,
  init: { body?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(new URL(path, registry.url), { method, ...init });
}

async function codeOf(response: Response): Promise<string | undefined> {
  const { errors } = (await response.json()) as { errors: { code: string }[] };
  return errors[0]?.code;
}

async function startUpload(name: string): Promise<string> {
  const response = await ask("POST", `/v2/${name}/blobs/uploads/`);
  assert.equal(response.status, 202);
  return response.headers.get("location") ?? "";
}

function withDigest(location: string, digest: string): string {
  return `${location}&digest=${digest}`;
}

async function pushBlob(name: string, content: string): Promise<void> {
  const response = await ask("POST", `/v2/${name}/blobs/uploads/?digest=${sha(content)}`, { body: content });
  assert.equal(response.status, 201);
}

async function imageManifest(name: string): Promise<string> {
  await pushBlob(name, "{}");
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha("{}"), size: 2 };
  return JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config, layers: [] });
}

function putManifest(name: string, target: string, body: string, type = ociManifest): Promise<Response> {
  return ask("PUT", `/v2/${name}/manifests/${target}`, { body, headers: { "content-type": type } });
}
