import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { generateConfigClass } from "./generate.js";

const made = (schema: object) => generateConfigClass(JSON.stringify(schema), "s.json");
const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const lines = (text: string) => text.split("\n").map((line) => line.trim());

describe("the fields of the class", () => {
  const cases: [name: string, property: object | true, field: string][] = [
    ["a string with a default", { type: "string", default: "é\n" }, 'x: string = "\\u00e9\\n";'],
    ["an optional string", { type: "string" }, "x: string | null = null;"],
    ["an optional list", { type: "array", items: { type: "string" } }, "x: Array<string> | null = null;"],
    [
      "a list with a default",
      { type: "array", items: { type: "number" }, default: [1, 2.5] },
      "x: f64[] = [1.0, 2.5];",
    ],
    ["an integer", { type: "integer", default: 5 }, "x: i64 = 5;"],
    ["an integer of 32 bits", { type: "integer", minimum: 0, maximum: 9, default: 5 }, "x: i32 = 5;"],
    ["an optional number", { type: "number" }, "hasX: bool = false;"],
    ["an enum", { enum: ["a b", "c"], default: "c" }, "x: X = X.C;"],
    [
      "a map",
      { type: "object", additionalProperties: { type: "boolean" }, default: {} },
      "x: Map<string, bool> = new Map<string, bool>();",
    ],
    ["an object", object({}, { default: {} }), "x: X = new X();"],
    [
      "an object with a default",
      object({ a: { type: "integer" } }, { default: { a: 1 } }),
      "x: X = default1();",
    ],
    ["anything", true, "x: Json = Json.absent;"],
    ["null as a default", { type: ["string", "null"], default: null }, "x: string | null = null;"],
  ];
  for (const [name, property, field] of cases) {
    test(name, () =>
      assert.ok(lines(made(object({ x: property }))).includes(field), made(object({ x: property }))),
    );
  }

  test("a required one is never null", () => {
    const text = made(object({ x: { type: "string" }, y: object({}) }, { required: ["x", "y"] }));
    assert.ok(lines(text).includes('x: string = "";') && lines(text).includes("y: Y = new Y();"), text);
  });

  test("names that are none are made into some, each once", () => {
    const text = lines(
      made(
        object({
          "max-size": true,
          class: true,
          maxSize: true,
          "1st": true,
          read: true,
          "": true,
          map: object({}),
        }),
      ),
    );
    for (const name of ["maxSize", "class_", "maxSize2", "value1st", "read_", "value"]) {
      assert.ok(text.includes(`${name}: Json = Json.absent;`), name);
    }
    assert.ok(text.includes("map: ConfigMap | null = null;"));
  });

  test("a description is a comment and ends none", () => {
    assert.ok(lines(made(object({ x: { description: "all */ of it" } }))).includes("/** all * / of it */"));
  });
});

test("white space in the schema changes nothing", () => {
  const schema = object({ x: { type: "string" } });
  assert.equal(generateConfigClass(JSON.stringify(schema, null, 4), "s.json"), made(schema));
});

describe("what no class can be made from is an error with its place", () => {
  const cases: [schema: object, message: RegExp][] = [
    [{}, /s\.json:1:1: #: a configuration must have "type": "object"/],
    [object({ a: { anyOf: [] } }), /not a JSON Schema/],
    [object({ a: { anyOf: [{ type: "string" }] } }), /^s\.json:1:\d+: #\/properties\/a: it has no type/],
    [
      object({ a: { type: "string", anyOf: [{}] } }),
      /#\/properties\/a\/anyOf: 'anyOf' is not among the keywords/,
    ],
    [object({ a: { type: "string", format: "uri" } }), /#\/properties\/a\/format: 'format' is not among/],
    [
      object({ a: { type: "integer", minLength: 1 } }),
      /a\/minLength: 'minLength' does not apply to the type integer/,
    ],
    [object({ "a/b c": { type: "string", not: {} } }), /#\/properties\/a~1b%20c\/not: /],
    [object({ a: { type: ["string", "integer"] } }), /#\/properties\/a\/type: a value needs one type/],
    [object({ a: { type: "string", pattern: "a(?=b)" } }), /a\/pattern: .* have no '\(\?='/],
    [object({ a: { type: "string", pattern: "(a)\\1" } }), /a\/pattern: .* have no '\\1'/],
    [object({ a: { type: "string", pattern: "a{" } }), /not a JSON Schema|Invalid regular expression/],
    [object({ a: false }), /#\/properties\/a: nothing fits this schema/],
    [object({ a: { enum: ["a", 1] } }), /#\/properties\/a: it has no type/],
    [
      object({ a: { type: "string", enum: [1] } }),
      /#\/properties\/a\/enum\/0: an enum must have strings only/,
    ],
    [object({ a: { $ref: "other.json" } }), /can't resolve|\$ref: "other\.json" does not lead/],
    [
      object({ a: { $ref: "#/$defs/x" } }, { $defs: { x: { type: "array", items: { $ref: "#/$defs/x" } } } }),
      /leads to itself/,
    ],
    [
      object({ a: { type: "string", default: 1 } }),
      /a\/default: the default does not fit: it must be string/,
    ],
    [
      object({ a: { $ref: "#" } }, { required: ["a"] }),
      /every Config would contain another Config, without end/,
    ],
    [object({}, { required: ["b"] }), /#\/required\/0: names a property that is not among/],
    [object({ a: { type: "array", items: { type: ["string", "null"] } } }), /items: null is supported for/],
    [
      object({ a: { type: "array", uniqueItems: true } }),
      /uniqueItems: 'uniqueItems' is supported for strings/,
    ],
  ];
  for (const [schema, message] of cases) {
    test(JSON.stringify(schema), () => {
      assert.throws(
        () => made(schema),
        (error: Error & { code?: string; exitCode?: number }) => {
          assert.match(error.message, message);
          assert.equal(error.code, "FILTER_INVALID");
          assert.equal(error.exitCode, 2);
          return true;
        },
      );
    });
  }
});
