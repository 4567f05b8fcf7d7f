import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfig } from "./config-check.js";

const schema = {
  type: "object",
  properties: { perSecond: { type: "integer", minimum: 1 }, path: { type: "string", format: "uri" } },
  required: ["perSecond"],
  additionalProperties: false,
};

test("a configuration that fits passes, and every one where there is no schema", () => {
  checkConfig(schema, { perSecond: 1 });
  checkConfig(undefined, { anything: true });
  checkConfig({ ...schema, $schema: "http://json-schema.org/draft-07/schema#" }, { perSecond: 3 });
});

test("what does not fit is named, place by place", () => {
  assert.throws(() => checkConfig(schema, { perSecond: 0, more: 1 }), {
    code: "ConfigInvalid",
    message: /additional properties \('more'\); perSecond must be >= 1/,
  });
  assert.throws(() => checkConfig(schema, undefined), { code: "ConfigInvalid", message: /perSecond/ });
});

test("a schema that is none, asks for others, or never ends is the artifact's fault", () => {
  const text = `${"a".repeat(60)}!`;
  const endless = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };
  const bad: [unknown, unknown][] = [
    [3, {}],
    [{ type: "nothing" }, {}],
    [{ $ref: "https://example.com/other.json" }, {}],
    [endless, { a: text }],
  ];
  for (const [wrong, config] of bad) {
    assert.throws(() => checkConfig(wrong, config), { code: "ConfigSchemaInvalid" }, JSON.stringify(wrong));
  }
});
