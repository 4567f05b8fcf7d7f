import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pack, push } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import { temporaryFolder } from "../cli/filter-folder.js";
import { assertFailed, type ErrorDocument, runCli, runJson } from "../cli/run-cli.js";
import { keyFiles } from "./keys.js";

const secret = "pa55 of the key";

/** An artifact in a registry, and keys in a folder. */
async function scene(t: TestContext) {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const folder = await temporaryFolder(t);
  const ref = `${registry.host}/filters/hello:1.0.0`;
  const [pushed] = await push(pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }), [ref]);
  assert.ok(pushed);
  const [ours, stranger] = await Promise.all([keyFiles(folder, "ours"), keyFiles(folder, "stranger")]);
  return { registry, folder, ref, digest: pushed.digest, ours, stranger };
}

interface Verified {
  ref: string;
  digest: string;
  verified: { format: string; by: { kind: string; keyId: string } }[];
}

test("sign and verify: documents, words and exit codes", async (t) => {
  const { registry, ref, digest, ours, stranger } = await scene(t);
  const none = await runJson<ErrorDocument>(["verify", ref, "--key", ours.pub], { code: 1 });
  assert.equal(none.error.code, "SIGNATURE_MISSING");

  const signed = await runJson<{ digest: string; keyId: string; isNew: boolean }>([
    "sign",
    ref,
    "--key",
    ours.key,
  ]);
  assert.deepEqual([signed.digest, signed.isNew], [digest, true]);
  const verified = await runJson<Verified>(["verify", ref, "--key", stranger.pub, "--key", ours.pub]);
  assert.equal(verified.ref, `${registry.host}/filters/hello@${digest}`);
  assert.deepEqual(
    verified.verified.map(({ format, by }) => [format, by.kind, by.keyId]),
    [["bundle", "key", signed.keyId]],
  );
  const words = await runCli(["verify", ref, "--key", ours.pub]);
  assert.equal(words.code, 0, words.all);
  assert.match(words.stdout, new RegExp(`^verified .*${digest}\n  signed by .*${signed.keyId}`));

  assertFailed(await runCli(["verify", ref, "--key", stranger.pub]), {
    code: 1,
    message: /no signature that counts: it is by nobody who was asked for/,
    hint: /verify with the key of its signer/,
  });
  const refused = await runJson<ErrorDocument>(["verify", ref, "--key", stranger.pub], { code: 1 });
  assert.equal(refused.error.code, "SIGNATURE_UNTRUSTED");
  assert.equal((refused.error.details as unknown[]).length, 1);
});

test("the password of a key comes from the environment or standard input, and is never printed", async (t) => {
  const { folder, ref } = await scene(t);
  const locked = await keyFiles(folder, "locked", secret);
  const sign = ["sign", ref, "--key", locked.key, "--debug", "--verbose"];
  const without = { env: { COSIGN_PASSWORD: undefined } };
  assertLocked(
    await runCli(
      sign.filter((word) => word !== "--debug"),
      without,
    ),
    /no password was given/,
  );
  assertLocked(
    await runCli(
      sign.filter((word) => word !== "--debug"),
      { env: { COSIGN_PASSWORD: "wr0ng-pa55" } },
    ),
    /the password for the key .* is wrong/,
  );
  for (const options of [
    { env: { COSIGN_PASSWORD: secret } },
    { ...without, args: ["--key-password-stdin"], stdin: `${secret}\n` },
  ]) {
    const args = "args" in options ? options.args : [];
    const run = await runCli([...sign, ...args], options);
    assert.equal(run.code, 0, run.all);
    assert.ok(!run.all.includes(secret), run.all);
  }
  const both = ["--key-password-stdin", "--username", "ci", "--password-stdin"];
  assertFailed(await runCli([...sign.filter((word) => word !== "--debug"), ...both], { stdin: "x" }), {
    code: 2,
    message: /cannot both be given/,
  });

  function assertLocked(run: Awaited<ReturnType<typeof runCli>>, message: RegExp) {
    assertFailed(run, { code: 2, message });
    assert.ok(!run.all.includes(secret) && !run.all.includes("wr0ng-pa55"), run.all);
  }
});

test("bad usage and bad files end with 2 and name the place", async (t) => {
  const { folder, ref, ours } = await scene(t);
  const notKey = join(folder, "text.pub");
  await writeFile(notKey, "hello\n");
  const badPolicy = join(folder, "bad.yaml");
  await writeFile(badPolicy, 'rules:\n  - images: ["**"]\n    signers: [{key: hello}]\n    treshold: 2\n');
  const brokenPolicy = join(folder, "broken.yaml");
  await writeFile(brokenPolicy, "rules: [");
  const cases: [args: string[], message: RegExp][] = [
    [["sign", ref], /--key/],
    [["sign", ref, "--key", join(folder, "none.key")], /there is no key .*none\.key/],
    [["sign", ref, "--key", ours.pub], /is a public key/],
    [["verify", ref], /who must have signed/],
    [["verify", ref, "--key", ours.key], /is a private key/],
    [["verify", ref, "--key", notKey], /text\.pub is no PEM/],
    [["verify", ref, "--key", ours.pub, "--policy", badPolicy], /goes with no --key/],
    [["verify", ref, "--policy", join(folder, "none.yaml")], /there is no policy/],
    [["verify", ref, "--policy", badPolicy], /bad\.yaml:4:15: .*treshold is unknown/],
    [["verify", ref, "--policy", brokenPolicy], /broken\.yaml:1:/],
    [["verify", ref, "--certificate-identity", "a@example.com"], /two halves/],
    [
      ["verify", ref, "--certificate-identity", "a", "--certificate-oidc-issuer", "b"],
      /--trusted-root is missing/,
    ],
  ];
  for (const [args, message] of cases) assertFailed(await runCli(args), { code: 2, message });
});

test("verify --policy: who must have signed what", async (t) => {
  const { registry, folder, ref, ours, stranger } = await scene(t);
  const policy = join(folder, "signatures.yaml");
  await writeFile(
    policy,
    `rules:
  - name: releases
    images: ["${registry.host}/filters/*"]
    threshold: 2
    signers:
      - keyFile: ours.pub
      - keyFile: stranger.pub
`,
  );
  await runJson(["sign", ref, "--key", ours.key]);
  const half = await runJson<ErrorDocument>(["verify", ref, "--policy", policy], { code: 1 });
  assert.equal(half.error.code, "POLICY_VIOLATED");
  assert.match(half.error.message, /signed by 1 of 2 signers that releases asks for/);
  await runJson(["sign", ref, "--key", stranger.key]);
  const passed = await runJson<{ rules: { rule: string; signers: number }[] }>([
    "verify",
    ref,
    "--policy",
    policy,
  ]);
  assert.deepEqual(
    passed.rules.map(({ rule, signers }) => [rule, signers]),
    [["releases", 2]],
  );
  const elsewhere = `${registry.host}/elsewhere/hello:1.0.0`;
  await runJson(["copy", ref, elsewhere]);
  assertFailed(await runCli(["verify", elsewhere, "--policy", policy]), {
    code: 1,
    message: /no rule of the policy is for/,
  });
});
