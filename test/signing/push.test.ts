import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { predicateTypes } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import { filterFolder, temporaryFolder } from "../cli/filter-folder.js";
import { assertFailed, type ErrorDocument, root, runCli, runJson } from "../cli/run-cli.js";
import { signFlags, useCosign, verifyFlags } from "./cosign.js";
import { keyFiles } from "./keys.js";

const exec = promisify(execFile);

interface Pushed {
  ref: string;
  digest: string;
  wasmDigest: string;
  attached: { kind: string; digest: string; isSigned: boolean }[];
}

interface Inspected {
  attached: { kind: string; isSigned: boolean; predicateType?: string; tag?: string }[];
}

/**
 * A filter in a workspace like this one, with its lock file above it and a Git history whose remote holds a token, as
 * CI systems leave it there.
 */
async function scene(t: TestContext) {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const filter = await filterFolder(t, { name: "examples/hello" });
  const workspace = dirname(dirname(filter));
  await cp(join(root, "package-lock.json"), join(workspace, "package-lock.json"));
  const git = (...args: string[]) => exec("git", ["-C", workspace, ...args]);
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", "https://ci:s3cret-token@git.example.com/acme/filters.git");
  await git("add", "examples/hello/filter.yaml");
  const identity = ["-c", "user.name=ci", "-c", "user.email=ci@example.com", "-c", "commit.gpgsign=false"];
  await git(...identity, "commit", "--quiet", "--message", "a filter");
  const { stdout } = await git("rev-parse", "HEAD");
  const keys = await keyFiles(await temporaryFolder(t), "release");
  const repository = `${registry.host}/filters/hello`;
  return { registry, filter, workspace, commit: stdout.trim(), repository, ...keys };
}

test("push --sign --provenance --sbom: all there before the tag, verified, inspected, and taken by cosign", async (t) => {
  const { registry, filter, workspace, commit, repository, key, pub } = await scene(t);
  const all = ["--sign", "--key", key, "--provenance", "--sbom"];
  // Whoever runs these tests may be on a CI system.
  const env = { GITHUB_ACTIONS: undefined, GITLAB_CI: undefined };
  const pushed = await runJson<Pushed>(["push", filter, `${repository}:1.0.0`, ...all], { env });
  assert.deepEqual(
    pushed.attached.map(({ kind, isSigned }) => [kind, isSigned]),
    [
      ["sbom", false],
      ["sbom", true],
      ["provenance", true],
      ["signature", true],
    ],
  );
  const tagged = registry.requests.findIndex(
    ({ method, path }) => method === "PUT" && path.endsWith("/manifests/1.0.0"),
  );
  for (const { digest } of pushed.attached) {
    const at = registry.requests.findIndex(
      ({ method, path }) => method === "PUT" && path.endsWith(`/manifests/${digest}`),
    );
    assert.ok(at >= 0 && at < tagged, `${digest} was there before the tag`);
  }

  await runJson(["verify", pushed.ref, "--key", pub]);
  for (const type of [predicateTypes.provenance, predicateTypes.cyclonedx]) {
    await runJson(["verify", pushed.ref, "--key", pub, "--predicate-type", type]);
  }
  const { attached } = await runJson<Inspected>(["inspect", pushed.ref]);
  assert.deepEqual(attached.map(({ kind, isSigned }) => `${kind} ${isSigned}`).sort(), [
    "provenance true",
    "sbom false",
    "sbom true",
    "signature true",
  ]);
  const words = await runCli(["inspect", pushed.ref]);
  assert.match(words.stdout, /^signature {4}sha256:[0-9a-f]{64} \(not verified\)$/m);

  const again = await runJson<Pushed>(["push", filter, `${repository}:1.0.0`, ...all], { env });
  assert.deepEqual(again, pushed);

  const cosign = await useCosign(t);
  if (!cosign) return;
  const verify = ["verify", "--key", pub, ...verifyFlags, pushed.ref];
  const signature = await cosign.run(verify);
  assert.equal(signature.code, 0, signature.all);
  const documents = new Map<string, { subject: object[]; predicate: Record<string, unknown> }>();
  for (const type of ["slsaprovenance1", "cyclonedx"]) {
    const run = await cosign.run(["verify-attestation", "--type", type, ...verify.slice(1)]);
    assert.equal(run.code, 0, run.all);
    const { payload } = JSON.parse(run.stdout) as { payload: string };
    documents.set(type, JSON.parse(Buffer.from(payload, "base64").toString()));
  }
  const hex = pushed.digest.slice("sha256:".length);
  for (const { subject } of documents.values()) assert.deepEqual(subject, [{ digest: { sha256: hex } }]);
  const text = JSON.stringify(documents.get("slsaprovenance1")?.predicate);
  assert.match(
    text,
    new RegExp(`git\\+https://git\\.example\\.com/acme/filters\\.git@refs/heads/main.*${commit}`),
  );
  for (const private_ of ["s3cret-token", workspace]) assert.ok(!text.includes(private_), text);

  const refused = await cosign.run(["verify-attestation", "--type", "vuln", ...verify.slice(1)]);
  assert.notEqual(refused.code, 0, refused.all);
});

test("cosign's own attestations, in both formats, are verified and listed", async (t) => {
  const cosign = await useCosign(t);
  if (!cosign) return;
  const { filter, repository, workspace } = await scene(t);
  await cosign.run(["generate-key-pair"]);
  const pub = join(cosign.folder, "cosign.pub");
  const predicate = join(cosign.folder, "bom.json");
  await cp(join(workspace, "package-lock.json"), predicate);
  const flags = ["--key", "cosign.key", ...signFlags, "--type", "cyclonedx", "--predicate", predicate];
  for (const [tag, more, format] of [
    ["new", [], "bundle"],
    ["old", ["--new-bundle-format=false"], "att-tag"],
  ] as const) {
    const args = ["push", filter, `${repository}:${tag}`, "--annotation", `tag=${tag}`];
    const { ref, digest } = await runJson<Pushed>(args);
    const run = await cosign.run(["attest", ...flags, ...more, `${repository}@${digest}`]);
    assert.equal(run.code, 0, run.all);
    const { verified } = await runJson<{ verified: { format: string }[] }>([
      ...["verify", ref, "--key", pub, "--predicate-type", predicateTypes.cyclonedx],
    ]);
    assert.deepEqual(
      verified.map((each) => each.format),
      [format],
    );
    const unsigned = await runJson<ErrorDocument>(["verify", ref, "--key", pub], { code: 1 });
    assert.equal(unsigned.error.code, "SIGNATURE_MISSING");
    const { attached } = await runJson<Inspected>(["inspect", ref]);
    assert.deepEqual(
      attached.map(({ kind }) => kind),
      [format === "bundle" ? "sbom" : "attestation"],
    );
  }
});

test("what cannot be attached is said before anything is pushed", async (t) => {
  const { registry, filter, repository, workspace, key } = await scene(t);
  const ref = `${repository}:1.0.0`;
  const module = join(filter, "build", "filter.wasm");
  await runJson(["build", filter]);
  const cases: [args: string[], message: RegExp][] = [
    [["push", filter, ref, "--sign"], /--key is missing/],
    [["push", filter, ref, "--key", key], /nothing to sign with it/],
    [["push", module, ref, "--sbom"], /need a filter's folder/],
    [["push", module, ref, "--provenance"], /need a filter's folder/],
  ];
  for (const [args, message] of cases) assertFailed(await runCli(args), { code: 2, message });
  await cp(join(filter, "package.json"), join(workspace, "package-lock.json"));
  const broken = await runJson<ErrorDocument>(["push", filter, ref, "--sbom"], { code: 2 });
  assert.equal(broken.error.code, "LOCK_FILE_INVALID");
  assert.deepEqual(
    registry.requests.filter(({ method }) => method !== "GET" && method !== "HEAD"),
    [],
  );
});

test("the SBOM names the packages that npm's own does", async (t) => {
  const { registry, filter, repository, workspace } = await scene(t);
  const pushed = await runJson<Pushed>(["push", filter, `${repository}:1.0.0`, "--sbom"]);
  const [sbom] = pushed.attached;
  assert.equal(sbom?.kind, "sbom");
  const get = async (path: string) => {
    const response = await fetch(`http://${registry.host}/v2/filters/hello/${path}`);
    assert.equal(response.status, 200, path);
    return response.json();
  };
  const manifest = (await get(`manifests/${sbom.digest}`)) as { layers: { digest: string }[] };
  const ours = (await get(`blobs/${manifest.layers[0]?.digest}`)) as Bom;
  assert.equal(ours.specVersion, "1.6");
  assert.equal(ours.metadata.component.hashes[0]?.content, pushed.wasmDigest.slice("sha256:".length));

  await cp(join(root, "package.json"), join(workspace, "package.json"));
  const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--workspace=examples/hello"];
  const { stdout } = await exec("npm", args, { cwd: workspace, maxBuffer: 64 * 1024 * 1024 });
  const theirs = JSON.parse(stdout) as Bom;
  const lock = JSON.parse(await readFile(join(workspace, "package-lock.json"), "utf8"));
  // npm counts the filter among its own parts, and what only other workspaces need to be developed.
  const foreign = Object.keys(lock.packages.cli.devDependencies ?? {}).map((name) => `${encodeURI(name)}@`);
  const wanted = purls(theirs).filter(
    (purl) =>
      !purl.includes("example-hello@") &&
      !foreign.some((name) => purl.includes(decodeURI(name).replace("@", "%40"))),
  );
  assert.ok(wanted.length > 50);
  assert.deepEqual(purls(ours), wanted);
});

interface Bom {
  specVersion: string;
  metadata: { component: { hashes: { content: string }[] } };
  components: { purl: string }[];
}

function purls({ components }: Bom): string[] {
  return [...new Set(components.map(({ purl }) => purl))].sort();
}
