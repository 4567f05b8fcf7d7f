import { filterPhases } from "./manifest.js";

/** The JSON Schema of filter.yaml. */
export const manifestSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["name", "version", "kind"],
  additionalProperties: false,
  properties: {
    name: { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" },
    version: { type: "string", format: "semver" },
    kind: { enum: ["http", "network"] },
    description: { type: "string", maxLength: 1000 },
    rootId: { type: "string", minLength: 1, maxLength: 253 },
    phase: { enum: filterPhases },
    license: { type: "string", minLength: 1 },
    source: { type: "string", format: "uri" },
    keywords: { type: "array", items: { type: "string", minLength: 1 }, maxItems: 50 },
  },
} as const;
