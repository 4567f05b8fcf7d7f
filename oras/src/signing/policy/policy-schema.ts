const text = { type: "string", minLength: 1 } as const;
const count = { type: "integer", minimum: 0, maximum: 100 } as const;

// Both halves, each exact or as a pattern.
const identities = ["issuer", "issuerPattern"].flatMap((issuer) =>
  ["subject", "subjectPattern"].map((subject) => ({
    type: "object",
    properties: { [issuer]: text, [subject]: text },
    required: [issuer, subject],
    additionalProperties: false,
  })),
);

/**
 * The JSON Schema of a signature policy file, for editors; `parsePolicy` checks the same, and more that no schema can:
 * that keys are keys and patterns patterns.
 */
export const policySchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A meshwasm signature policy: who must have signed what",
  type: "object",
  properties: {
    unmatched: {
      enum: ["reject", "accept"],
      default: "reject",
      description: "what becomes of an artifact that no rule is for",
    },
    trustRoot: {
      oneOf: [text, { type: "object" }],
      description: "for identities: a trusted_root.json, as a path from the policy's folder or as it is",
    },
    thresholds: {
      type: "object",
      description: "how much must vouch for an identity; 1 each where it is absent",
      properties: {
        transparencyLogs: count,
        certificateLogs: count,
        timestamps: { ...count, minimum: 1 },
      },
      additionalProperties: false,
    },
    rules: {
      type: "array",
      minItems: 1,
      maxItems: 1000,
      description: "an artifact must satisfy every rule that is for it",
      items: {
        type: "object",
        properties: {
          name: text,
          images: {
            type: "array",
            minItems: 1,
            maxItems: 100,
            items: { type: "string", minLength: 1, maxLength: 512 },
            description: "repositories: * is anything without a slash, ** is anything",
          },
          predicateType: { ...text, description: "the type of attestation; absent: a signature" },
          threshold: { type: "integer", minimum: 1, maximum: 100, default: 1 },
          signers: {
            type: "array",
            minItems: 1,
            maxItems: 100,
            items: {
              oneOf: [
                {
                  type: "object",
                  properties: { key: { ...text, description: "a public key, PEM" } },
                  required: ["key"],
                  additionalProperties: false,
                },
                {
                  type: "object",
                  properties: { keyFile: { ...text, description: "a path from the policy's folder" } },
                  required: ["keyFile"],
                  additionalProperties: false,
                },
                ...identities,
              ],
            },
          },
        },
        required: ["images", "signers"],
        additionalProperties: false,
      },
    },
  },
  required: ["rules"],
  additionalProperties: false,
} as const;
