import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pack } from "../../artifact/pack.js";
import { MeshwasmError } from "../../errors.js";
import { push } from "../../push.js";
import { startRegistry } from "../../registry/start.js";
import { newPrivateKey } from "../../testing/keys.js";
import { attest } from "../attest.js";
import { predicateTypes } from "../predicate-types.js";
import type { PrivateKey } from "../private-key.js";
import { sign } from "../sign.js";
import { matchesPattern, patternProblem } from "./image-pattern.js";
import { parsePolicy } from "./parse-policy.js";
import type { RuleResult } from "./verify-policy.js";
import { verifyPolicy } from "./verify-policy.js";

async function scene(t: TestContext) {
  const registry = await startRegistry();
  t.after(() => registry.close());
  const repository = `${registry.host}/filters/hello`;
  await push(pack({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }), [`${repository}:1.0.0`]);
  const [ci, qa] = await Promise.all([newPrivateKey(), newPrivateKey("ed25519")]);
  return { ref: `${repository}:1.0.0`, host: registry.host, ci, qa };
}

const signerOf = ({ publicKey }: PrivateKey) => ({ key: publicKey.pem });

test("each rule that is for an artifact must hold, whatever their order", async (t) => {
  const { ref, host, ci, qa } = await scene(t);
  const rules = [
    { name: "all", images: ["**"], signers: [signerOf(ci)] },
    { name: "filters", images: [`${host}/filters/*`], signers: [signerOf(qa)] },
    { name: "others", images: [`${host}/others/*`], signers: [signerOf(await newPrivateKey())] },
  ];
  for (const order of [rules, rules.toReversed()]) {
    await assert.rejects(verifyPolicy(ref, await parsePolicy({ rules: order })), {
      code: "POLICY_VIOLATED",
      exitCode: 1,
    });
  }
  await sign(ref, ci);
  await assert.rejects(verifyPolicy(ref, await parsePolicy({ rules })), (error) => {
    assert.ok(error instanceof MeshwasmError);
    assert.match(error.message, /0 of 1 signers that filters asks for/);
    const details = error.details as RuleResult[];
    assert.deepEqual(
      details.map(({ rule, isSatisfied }) => [rule, isSatisfied]),
      [
        ["all", true],
        ["filters", false],
      ],
    );
    return error.code === "POLICY_VIOLATED";
  });
  await sign(ref, qa);
  const passed = await verifyPolicy(ref, await parsePolicy({ rules }));
  assert.deepEqual(
    passed.rules.map(({ rule }) => rule),
    ["all", "filters"],
  );
});

test("a threshold counts different signers, not signatures", async (t) => {
  const { ref, ci, qa } = await scene(t);
  const signers = [signerOf(ci), signerOf(qa)];
  const policy = await parsePolicy({ rules: [{ images: ["**"], threshold: 2, signers }] });
  await sign(ref, ci);
  // Signing with cosign again would add another signature by the same key.
  await attest(ref, predicateTypes.signature, { again: true }, { key: ci });
  await assert.rejects(verifyPolicy(ref, policy), { code: "POLICY_VIOLATED", message: /by 1 of 2/ });
  await sign(ref, qa);
  assert.equal((await verifyPolicy(ref, policy)).rules[0]?.signers, 2);
});

test("a rule can ask for provenance", async (t) => {
  const { ref, ci } = await scene(t);
  const predicateType = predicateTypes.provenance;
  const policy = await parsePolicy({ rules: [{ images: ["**"], predicateType, signers: [signerOf(ci)] }] });
  await sign(ref, ci);
  await assert.rejects(verifyPolicy(ref, policy), { code: "POLICY_VIOLATED" });
  await attest(ref, predicateType, { buildDefinition: {} }, { key: ci });
  assert.equal((await verifyPolicy(ref, policy)).rules[0]?.verified[0]?.predicateType, predicateType);
});

test("what no rule is for is refused, unless the policy accepts it", async (t) => {
  const { ref, ci } = await scene(t);
  const rules = [{ images: ["registry.example.com/**"], signers: [signerOf(ci)] }];
  await assert.rejects(verifyPolicy(ref, await parsePolicy({ rules })), { message: /no rule of the policy/ });
  const accepting = await parsePolicy({ unmatched: "accept", rules });
  assert.deepEqual((await verifyPolicy(ref, accepting)).rules, []);
});

test("a policy that cannot be meant is refused at its place", async () => {
  const key = signerOf(await newPrivateKey());
  const rule = { images: ["**"], signers: [key] };
  const cases: [unknown, string][] = [
    [null, ""],
    [[], ""],
    [{}, "rules"],
    [{ rules: [] }, "rules"],
    [{ rules: [rule], rule: 1 }, "rule"],
    [{ unmatched: "maybe", rules: [rule] }, "unmatched"],
    [{ rules: [{ ...rule, images: [] }] }, "rules.0.images"],
    [{ rules: [{ ...rule, images: ["hello"] }] }, "rules.0.images.0"],
    [{ rules: [{ ...rule, images: ["a.example/x:1.0.0"] }] }, "rules.0.images.0"],
    [{ rules: [{ ...rule, images: ["a.example/x@sha256:00"] }] }, "rules.0.images.0"],
    [{ rules: [{ ...rule, images: [`a.example/${"*/".repeat(9)}`] }] }, "rules.0.images.0"],
    [{ rules: [{ ...rule, threshold: 0 }] }, "rules.0.threshold"],
    [{ rules: [{ ...rule, threshold: 2 }] }, "rules.0.threshold"],
    [{ rules: [{ ...rule, threshold: 2, signers: [key, key] }] }, "rules.0.threshold"],
    [{ rules: [{ ...rule, signers: [{}] }] }, "rules.0.signers.0"],
    [{ rules: [{ ...rule, signers: [{ key: "hello" }] }] }, "rules.0.signers.0.key"],
    [{ rules: [{ ...rule, signers: [{ keyFile: "ci.pub" }] }] }, "rules.0.signers.0.keyFile"],
    [{ rules: [{ ...rule, signers: [{ issuer: "https://a.example" }] }] }, "rules.0.signers.0"],
    [{ rules: [{ ...rule, signers: [{ ...key, issuer: "a", subject: "b" }] }] }, "rules.0.signers.0"],
    [{ rules: [{ ...rule, signers: [{ issuer: "a", subject: "b" }] }] }, "rules.0"],
    [
      { rules: [{ ...rule, signers: [{ issuer: "a", subjectPattern: "(" }] }] },
      "rules.0.signers.0.subjectPattern",
    ],
    [{ rules: [rule], trustRoot: {} }, "trustRoot"],
    [{ rules: [rule], trustRoot: "root.json" }, "trustRoot"],
    [{ rules: [rule], thresholds: { timestamps: 0 } }, "thresholds.timestamps"],
  ];
  for (const [value, place] of cases) {
    await assert.rejects(parsePolicy(value), (error) => {
      assert.ok(error instanceof MeshwasmError, String(error));
      assert.deepEqual([error.code, error.exitCode], ["POLICY_INVALID", 2]);
      assert.equal((error.details as { path: string[] }).path.join("."), place, JSON.stringify(value));
      return true;
    });
  }
});

test("patterns: * stays within a part of the path, ** does not", () => {
  const cases: [pattern: string, repository: string, isMatch: boolean][] = [
    ["a.example/filters/*", "a.example/filters/hello", true],
    ["a.example/filters/*", "a.example/filters/team/hello", false],
    ["a.example/filters/**", "a.example/filters/team/hello", true],
    ["a.example/filters/*", "aXexample/filters/hello", false],
    ["a.example/filters/*", "a.example/filters/hello.evil.example/x", false],
    ["a.example:5000/x", "a.example:5000/x", true],
    ["**", "oci:./mirror", true],
    ["oci:**", "oci:./mirror", true],
    ["oci:**", "a.example/oci:x", false],
    ["a.example/x", "evil.example/a.example/x", false],
  ];
  for (const [pattern, repository, isMatch] of cases) {
    assert.equal(patternProblem(pattern), undefined, pattern);
    assert.equal(matchesPattern(repository, pattern), isMatch, `${repository} by ${pattern}`);
  }
});
