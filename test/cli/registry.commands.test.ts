import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startRegistry } from "@meshwasm/oras/registry";
import { filterFolder, temporaryFolder } from "./filter-folder.js";
import { type ErrorDocument, runCli, runJson } from "./run-cli.js";

const user = { username: "ci", password: "s3cret-of-ci" };

/** A registry that wants a password, a Docker credential file of our own, and a filter. */
async function scene(t: TestContext) {
  const registry = await startRegistry({
    auth: { type: "basic", users: { [user.username]: user.password } },
  });
  t.after(() => registry.close());
  const docker = await temporaryFolder(t);
  const env = { DOCKER_CONFIG: docker, REGISTRY_AUTH_FILE: undefined };
  const filter = await filterFolder(t);
  const run = <T>(args: string[], options: { code?: number; stdin?: string } = {}) =>
    runJson<T>(args, { ...options, env });
  return { host: registry.host, docker, env, filter, run, repo: `${registry.host}/filters/hello` };
}

const loginFlags = ["--username", user.username, "--password-stdin"];

test("login keeps what the registry takes, every command uses it, logout forgets it", async (t) => {
  const { host, docker, env, filter, run, repo } = await scene(t);
  const refused = await run<ErrorDocument>(["login", host, ...loginFlags], { stdin: "wrong", code: 3 });
  assert.equal(refused.error.code, "REGISTRY_UNAUTHORIZED");
  await assert.rejects(readFile(join(docker, "config.json")), { code: "ENOENT" });
  const asked = await run<ErrorDocument>(["login", host], { code: 2 });
  assert.match(asked.error.message, /--username and --password-stdin are missing/);

  const said = await runCli(["login", host, ...loginFlags], { stdin: `${user.password}\n`, env });
  assert.equal(said.code, 0, said.all);
  assert.ok(!said.all.includes(user.password), said.all);
  await run(["push", filter, `${repo}:1.0.0`]);
  const { tags } = await run<{ tags: string[] }>(["list", repo]);
  assert.deepEqual(tags, ["1.0.0"]);

  await run(["logout", host]);
  const after = await run<ErrorDocument>(["list", repo], { code: 3 });
  assert.equal(after.error.code, "REGISTRY_UNAUTHORIZED");
});

test("tags, copies to disk and back, and guards released versions", async (t) => {
  const { host, filter, run, repo } = await scene(t);
  await run(["login", host, ...loginFlags], { stdin: user.password });
  const pushed = await run<{ ref: string; digest: string }[]>([
    "push",
    filter,
    `${repo}:1.2.3`,
    "--semver-tags",
  ]);
  const first = pushed.find(({ ref }) => ref === `${repo}:1.2.3`);
  assert.ok(first, JSON.stringify(pushed));
  const { tags } = await run<{ tags: string[] }>(["list", repo]);
  assert.deepEqual(tags, ["1.2.3", "1", "1.2", "latest"]);

  const other = [filter, `${repo}:1.2.3`, "--annotation", "build=other"];
  const guarded = await run<ErrorDocument>(["push", ...other], { code: 1 });
  assert.equal(guarded.error.code, "TAG_EXISTS");
  const forced = await run<{ digest: string }>(["push", ...other, "--force"]);
  assert.notEqual(forced.digest, first.digest);

  const tagged = await run<{ ref: string; digest: string }>(["tag", `${repo}@${first.digest}`, "rollback"]);
  assert.deepEqual([tagged.ref, tagged.digest], [`${repo}:rollback`, first.digest]);

  const layout = `oci:${join(await temporaryFolder(t), "mirror")}`;
  const out = await run<{ digest: string }>(["copy", `${repo}:rollback`, layout]);
  const back = await run<{ digest: string }>(["copy", `${layout}:rollback`, `${host}/mirror/hello`]);
  assert.deepEqual([out.digest, back.digest], [first.digest, first.digest]);
  assert.deepEqual((await run<{ tags: string[] }>(["list", layout])).tags, ["rollback"]);
  const all = await run<{ copies: { ref: string }[] }>(["copy", "--all-tags", repo, `${host}/mirror/all`]);
  const wanted = ["1.2.3", "1", "1.2", "latest", "rollback"];
  assert.deepEqual(
    all.copies.map(({ ref }) => ref),
    wanted.map((tag) => `${host}/mirror/all:${tag}`),
  );
  assert.deepEqual((await run<{ tags: string[] }>(["list", `${host}/mirror/all`])).tags, wanted);
  const deleting = await run<ErrorDocument>(["delete", `${repo}:1.2.3`], { code: 1 });
  assert.equal(deleting.error.code, "DELETE_REFUSED");
  const [registry] = repo.split("/");
  const { repositories } = await run<{ repositories: string[] }>(["list", registry ?? ""]);
  assert.ok(repositories.includes("mirror/all"), repositories.join());
  const deleted = await run<{ ref: string }>(["delete", `${layout}:rollback`]);
  assert.equal(deleted.ref, `${layout}:rollback`);
  await run(["copy", `${repo}:rollback`, layout]);
  const seen = await run<{ digest: string; wasm: { abi: string } }>(["inspect", `${layout}:rollback`]);
  assert.deepEqual([seen.digest, seen.wasm.abi], [first.digest, "0.2.1"]);
});

test("push --format gives each layout, and says who can load it", async (t) => {
  const { host, filter, run, repo } = await scene(t);
  await run(["login", host, ...loginFlags], { stdin: user.password });
  const loadable = new Map<string, string[]>();
  for (const format of ["compat", "oci", "cncf"]) {
    const pushed = await run<{ loadableBy: string[] }>([
      "push",
      filter,
      `${repo}:${format}`,
      "--format",
      format,
    ]);
    loadable.set(format, pushed.loadableBy);
    const folder = join(await temporaryFolder(t), format);
    const pulled = await run<{ wasm: string }>(["pull", `${repo}:${format}`, "-o", folder]);
    const built = await readFile(join(filter, "build", "filter.wasm"));
    assert.ok(built.equals(await readFile(pulled.wasm)), format);
  }
  assert.ok(loadable.get("compat")?.includes("istio"));
  assert.ok(loadable.get("oci")?.includes("wasme"));
  assert.deepEqual(loadable.get("cncf"), ["cncf"]);
});
