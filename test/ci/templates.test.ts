import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { startRegistry } from "@meshwasm/oras/registry";
import { parse } from "yaml";
import { filterFolder, temporaryFolder } from "../cli/filter-folder.js";
import { root, runJson } from "../cli/run-cli.js";
import { keyFiles } from "../signing/keys.js";

const user = { username: "ci", password: "s3cret-word" };

interface Ended {
  code: number | null;
  all: string;
}

/** A filter in a workspace with its lock file, a registry that wants a password, and an encrypted signing key. */
async function scene(t: TestContext) {
  const registry = await startRegistry({
    auth: { type: "basic", users: { [user.username]: user.password } },
  });
  t.after(() => registry.close());
  const filter = await filterFolder(t, { name: "examples/hello" });
  const project = dirname(dirname(filter));
  await cp(join(root, "package-lock.json"), join(project, "package-lock.json"));
  const { key, pub } = await keyFiles(await temporaryFolder(t), "release", "key-word");
  const image = `${registry.host}/filters/hello`;
  return { registry, filter, project, image, pub, signingKey: await readFile(key, "utf8") };
}

/** Runs a step as its platform does: bash, which ends at the first failure. */
async function runStep(script: string, cwd: string, env: Record<string, string>): Promise<Ended> {
  const { CI: _ci, GITHUB_ACTIONS: _github, GITLAB_CI: _gitlab, ...inherited } = process.env;
  const child = spawn("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, env: { ...inherited, ...env } });
  let all = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (all += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, all })));
}

/** Checks what both templates promise of a run that went well. */
async function checkPublished(
  { registry, filter, image, pub }: Awaited<ReturnType<typeof scene>>,
  published: { digest: string; ref: string; said: string },
): Promise<void> {
  assert.equal(published.ref, `${image}:0.1.0`);
  const login = ["--username", user.username, "--password-stdin"];
  const stdin = `${user.password}\n`;
  for (const tag of ["0.1.0", "0.1", "0", "latest"]) {
    const found = await runJson<{ ref: string; attached: { kind: string }[] }>(
      ["inspect", `${image}:${tag}`, ...login],
      { stdin },
    );
    assert.ok(found.ref.endsWith(published.digest), found.ref);
    const kinds = new Set(found.attached.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ["provenance", "sbom", "signature"]);
  }
  await runJson(["verify", published.ref, "--key", pub, ...login], { stdin });
  assert.match(await readFile(join(filter, "build", "tests.xml"), "utf8"), /<testsuites/);
  for (const secret of [user.password, "key-word", "PRIVATE KEY"]) {
    assert.ok(!published.said.includes(secret), "a secret is printed");
  }
  assert.ok(registry.requests.some(({ method }) => method === "PUT"));
}

interface Action {
  inputs: Record<string, { default?: string; required?: boolean; description: string }>;
  outputs: Record<string, { value: string }>;
  runs: {
    using: string;
    steps: {
      shell: string;
      run: string;
      id?: string;
      env?: Record<string, string>;
      "working-directory": string;
    }[];
  };
}

async function runAction(
  project: string,
  output: string,
  given: Record<string, string>,
): Promise<Ended & { action: Action }> {
  const action = parse(await readFile(join(root, "ci", "github", "action.yml"), "utf8")) as Action;
  const input = (text: string) =>
    text.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => {
      assert.ok(name in action.inputs, `there is no input ${name}`);
      return given[name] ?? action.inputs[name]?.default ?? "";
    });
  let all = "";
  for (const step of action.runs.steps) {
    // What comes from outside is data, never part of a script.
    assert.doesNotMatch(step.run, /\$\{\{/);
    assert.equal(step.shell, "bash");
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [name, input(value)]),
    );
    const cwd = join(project, input(step["working-directory"]));
    const ended = await runStep(step.run, cwd, { ...env, GITHUB_OUTPUT: output });
    all += ended.all;
    if (ended.code !== 0) return { ...ended, all, action };
  }
  return { code: 0, all, action };
}

test("the GitHub action tests, publishes, signs, and gives the digest", async (t) => {
  const place = await scene(t);
  const output = join(await temporaryFolder(t), "output");
  const given = {
    image: place.image,
    directory: "examples/hello",
    "signing-key": place.signingKey,
    "signing-key-password": "key-word",
    ...user,
  };
  const { code, all, action } = await runAction(place.project, output, given);
  assert.equal(code, 0, all);
  const outputs = Object.fromEntries(
    (await readFile(output, "utf8"))
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s, 2)),
  ) as { digest: string; ref: string };
  await checkPublished(place, { ...outputs, said: all });
  for (const [name, { value }] of Object.entries(action.outputs)) {
    assert.equal(value, `\${{ steps.push.outputs.${name} }}`);
    assert.ok(name in outputs);
  }
});

test("the GitHub action publishes nothing when a test fails", async (t) => {
  const place = await scene(t);
  const cases = "cases:\n  - name: fails\n    request: {}\n    expect: { response: { status: 500 } }\n";
  await writeFile(join(place.filter, "test", "failing.yaml"), cases);
  const output = join(await temporaryFolder(t), "output");
  const ended = await runAction(place.project, output, {
    image: place.image,
    directory: "examples/hello",
    ...user,
  });
  assert.equal(ended.code, 1, ended.all);
  assert.deepEqual(place.registry.requests, []);
});

test("the GitLab template tests, publishes, signs, and gives the digest", async (t) => {
  const place = await scene(t);
  const template = parse(await readFile(join(root, "ci", "gitlab", "publish-filter.yml"), "utf8")) as {
    ".publish-filter": {
      variables: Record<string, string>;
      script: string[];
      artifacts: { reports: { junit: string; dotenv: string } };
    };
  };
  const { variables, script, artifacts } = template[".publish-filter"];
  const ended = await runStep(script.join("\n"), place.project, {
    ...variables,
    CI_PROJECT_DIR: place.project,
    FILTER_DIRECTORY: "examples/hello",
    FILTER_IMAGE: place.image,
    SIGNING_KEY: place.signingKey,
    COSIGN_PASSWORD: "key-word",
    REGISTRY_USERNAME: user.username,
    REGISTRY_PASSWORD: user.password,
  });
  assert.equal(ended.code, 0, ended.all);
  const text = await readFile(join(place.project, artifacts.reports.dotenv), "utf8");
  const [, digest = "", ref = ""] = /^FILTER_DIGEST=(.*)\nFILTER_REF=(.*)\n$/.exec(text) ?? [];
  await checkPublished(place, { digest, ref, said: ended.all });
  assert.equal(artifacts.reports.junit, "$FILTER_DIRECTORY/$FILTER_JUNIT");
});
