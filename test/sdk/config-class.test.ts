import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checkDefaults } from "../../cli/src/config-class/check-defaults.js";
import { readSchema } from "../../cli/src/config-class/read-schema.js";
import { parseLocatedJson } from "../../cli/src/filter/located.js";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { randomFit } from "./config-documents.js";
import { assertRead, probeSource } from "./config-probe.js";
import { randomSchema, type Schema } from "./config-schemas.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  room(size: number): number;
  read(index: number): number;
  error(): number;
  dump(index: number): number;
}

const quick = { args: ["--optimizeLevel", "0", "--shrinkLevel", "0"] };

/** The same schema, with the one limit that the classes add: an integer has 64 bits. */
function with64Bits(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(with64Bits);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, with64Bits(value)]));
  if (![copy.type].flat().includes("integer")) return copy;
  return { ...copy, allOf: [{ minimum: -(2 ** 63), exclusiveMaximum: 2 ** 63 }] };
}

/** What a schema says no to, tried on many documents, is what its class says no to. */
async function agree(
  schemas: Schema[],
  rounds: number,
  random: Random,
): Promise<{ fits: number; not: number }> {
  const parsed = schemas.map((schema) => parseLocatedJson(JSON.stringify(schema), "schema.json"));
  const models = parsed.map(readSchema);
  const wasm: Loaded<Exports> = await loadFunctions<Exports>(probeSource(models), quick);
  const counts = { fits: 0, not: 0 };
  for (const [index, schema] of schemas.entries()) {
    const ajv = new Ajv2020({ strict: false, strictNumbers: true, allErrors: true, useDefaults: true });
    const validate = ajv.compile(with64Bits(schema) as Schema);
    for (let round = 0; round < rounds * long; round++) {
      const text = randomFit(random, schema);
      const about = `MESHWASM_SEED=${seed}\n${JSON.stringify(schema)}\n${text}\n`;
      const bytes = Buffer.from(text);
      wasm.__collect();
      const at = wasm.room(bytes.length);
      new Uint8Array(wasm.memory.buffer).set(bytes, at);
      const value = JSON.parse(text);
      const fits = validate(value);
      const reads = wasm.read(index) !== 0;
      const error = wasm.__getString(wasm.error());
      assert.equal(reads, fits, `${about}${error} / ${ajv.errorsText(validate.errors)}`);
      if (!fits) {
        counts.not++;
        assert.match(error, /^\$.*: ./, about);
        continue;
      }
      counts.fits++;
      try {
        assertRead(JSON.parse(wasm.__getString(wasm.dump(index))), value, models[index]!.classes[0]!);
      } catch (failure) {
        (failure as Error).message = about + (failure as Error).message;
        throw failure;
      }
    }
  }
  return counts;
}

/** Whether a class can be made from a random schema: its defaults may not fit, or never end. */
function usable(schema: Schema): boolean {
  const located = parseLocatedJson(JSON.stringify(schema), "schema.json");
  try {
    checkDefaults(located, readSchema(located));
    return true;
  } catch (error) {
    assert.match((error as Error).message, /default does not fit|without end/);
    return false;
  }
}

describe("configuration classes", () => {
  test("accept what ajv accepts, with the same values and defaults", async () => {
    const random = new Random(seed);
    const schemas: Schema[] = [];
    while (schemas.length < 40) {
      const schema = randomSchema(random);
      if (usable(schema)) schemas.push(schema);
    }
    const { fits, not } = await agree(schemas, 250, random);
    assert.ok(fits > 1_000 && not > 1_000, `${fits} documents fit, ${not} do not`);
  });
});
