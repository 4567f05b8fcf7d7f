import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfig, checkConfigSchema } from "./config-schema.js";

const schema = (more: object) => JSON.stringify({ type: "object", ...more });

test("the dialects 2020-12 and draft-07, formats and unknown keywords are schemas", () => {
  const texts = [
    "{}",
    schema({ properties: { a: { type: "string", format: "uri" }, b: { format: "unheard-of" } } }),
    schema({ $schema: "http://json-schema.org/draft-07/schema#", "x-ours": true }),
    schema({ $schema: "https://json-schema.org/draft/2020-12/schema", $defs: { a: {} }, $ref: "#/$defs/a" }),
  ];
  for (const text of texts) checkConfigSchema(text, "config.schema.json");
});

test("a fault is named by its line and path", () => {
  const text = '{\n  "properties": {\n    "a": { "minimum": "1" }\n  }\n}\n';
  assert.throws(() => checkConfigSchema(text, "s.json"), {
    code: "FILTER_INVALID",
    exitCode: 2,
    message: "s.json:3:23: not a JSON Schema: properties/a/minimum must be number",
  });
});

test("a configuration is told everything that does not fit", () => {
  const text = schema({
    additionalProperties: false,
    required: ["b"],
    properties: { a: { type: "array", items: { type: "integer" } }, b: {} },
  });
  assert.deepEqual(checkConfig(text, { a: [1, 2], b: null }), []);
  assert.deepEqual(checkConfig(text, { a: [1, "2"], c: 1 }), [
    "$: must have required property 'b'",
    "$: must NOT have additional properties ('c' is not known)",
    "$.a.1: must be integer",
  ]);
});
