import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { publicUri, sourceOfBuild } from "./source-of-build.js";

const remotes: [remote: string, uri: string | undefined][] = [
  ["https://git.example.com/acme/filters.git", "https://git.example.com/acme/filters.git"],
  ["https://ci:s3cret@git.example.com/acme/filters.git", "https://git.example.com/acme/filters.git"],
  ["https://s3cret@git.example.com/a?token=s3cret#s3cret", "https://git.example.com/a"],
  ["git@git.example.com:acme/filters.git", "ssh://git.example.com/acme/filters.git"],
  ["git.example.com:/acme/filters.git", "ssh://git.example.com/acme/filters.git"],
  ["ssh://git@git.example.com:22/acme/filters/", "ssh://git.example.com:22/acme/filters"],
  ["/srv/git/filters.git", undefined],
  ["../filters", undefined],
  ["file:///srv/git/filters.git", undefined],
  ["", undefined],
];

for (const [remote, uri] of remotes) {
  test(`a remote ${JSON.stringify(remote)} is ${uri ?? "nobody else's business"}`, () => {
    assert.equal(publicUri(remote), uri);
  });
}

function repository(t: TestContext, remote: string) {
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-source-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const identity = ["-c", "user.name=me", "-c", "user.email=me@example.com", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, ...identity, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", remote);
  mkdirSync(join(folder, "hello"));
  writeFileSync(join(folder, "hello", "filter.yaml"), "name: hello\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "a filter");
  return { folder, hello: join(folder, "hello"), git };
}

test("commit, branch or tag, folder, and whether its own files were changed", async (t) => {
  const { folder, hello, git } = repository(t, "https://ci:s3cret@git.example.com/acme/filters.git");
  const commit = git("rev-parse", "HEAD").trim();
  const uri = "https://git.example.com/acme/filters.git";
  const expected = { uri, commit, ref: "refs/heads/main", path: "hello", isModified: false };
  assert.deepEqual(await sourceOfBuild(hello), expected);
  writeFileSync(join(folder, "elsewhere"), "");
  assert.deepEqual(await sourceOfBuild(hello), expected);
  writeFileSync(join(hello, "new.ts"), "");
  git("tag", "v1.0.0");
  assert.deepEqual(await sourceOfBuild(hello), { ...expected, ref: "refs/tags/v1.0.0", isModified: true });
  git("tag", "--delete", "v1.0.0");
  git("checkout", "--quiet", "--detach");
  const { ref: _ref, ...detached } = { ...expected, isModified: true };
  assert.deepEqual(await sourceOfBuild(hello), detached);
  assert.equal((await sourceOfBuild(folder))?.path, undefined);
});

test("nothing is known of a folder without Git, and of a clone of a local path", async (t) => {
  const { hello } = repository(t, "/srv/git/filters.git");
  assert.equal(await sourceOfBuild(hello), undefined);
  const plain = mkdtempSync(join(tmpdir(), "meshwasm-source-"));
  t.after(() => rmSync(plain, { recursive: true, force: true }));
  assert.equal(await sourceOfBuild(plain), undefined);
});
