import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { parsePolicy, policySchema } from "@meshwasm/oras";
import { createAjv } from "../filter/validate.js";

const { publicKey } = generateKeyPairSync("ed25519");
const key = { key: String(publicKey.export({ type: "spki", format: "pem" })) };
const rule = { images: ["**"], signers: [key] };

/** Documents whose shape the schema and the parser both decide on. */
const documents: [name: string, document: unknown, isValid: boolean][] = [
  ["the least", { rules: [rule] }, true],
  [
    "everything",
    {
      unmatched: "accept",
      rules: [{ ...rule, name: "n", predicateType: "https://x.example", threshold: 1 }],
    },
    true,
  ],
  ["two rules", { rules: [rule, rule] }, true],
  ["no map", [], false],
  ["no rules", {}, false],
  ["an empty list", { rules: [] }, false],
  ["an unknown key", { rules: [rule], more: 1 }, false],
  ["an unknown key in a rule", { rules: [{ ...rule, image: "x" }] }, false],
  ["another unmatched", { unmatched: "warn", rules: [rule] }, false],
  ["no images", { rules: [{ signers: [key] }] }, false],
  ["no signers", { rules: [{ images: ["**"] }] }, false],
  ["an empty signer", { rules: [{ ...rule, signers: [{}] }] }, false],
  ["a key of two kinds", { rules: [{ ...rule, signers: [{ ...key, keyFile: "x" }] }] }, false],
  ["half an identity", { rules: [{ ...rule, signers: [{ issuer: "https://x.example" }] }] }, false],
  [
    "an exact text and a pattern",
    { rules: [{ ...rule, signers: [{ issuer: "x", subject: "y", subjectPattern: "z" }] }] },
    false,
  ],
  ["a threshold of none", { rules: [{ ...rule, threshold: 0 }] }, false],
  ["a threshold of a half", { rules: [{ ...rule, threshold: 0.5 }] }, false],
  ["a timestamp threshold of none", { rules: [rule], thresholds: { timestamps: 0 } }, false],
  ["an unknown threshold", { rules: [rule], thresholds: { tlog: 1 } }, false],
];

test("the schema of a policy and its parser agree", async () => {
  const validate = createAjv().compile(policySchema);
  for (const [name, document, isValid] of documents) {
    assert.equal(validate(document), isValid, `schema: ${name}: ${JSON.stringify(validate.errors)}`);
    const parsed = await parsePolicy(document).then(
      () => true,
      (error: { code: string }) => {
        assert.equal(error.code, "POLICY_INVALID", name);
        return false;
      },
    );
    assert.equal(parsed, isValid, `parser: ${name}`);
  }
});
