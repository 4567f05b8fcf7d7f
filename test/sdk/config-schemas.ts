import type { Random } from "./random.js";

export type Schema = Record<string, unknown>;

/** A random schema of the kind that a configuration class can be made from. */
export function randomSchema(random: Random): Schema {
  const $defs = {
    leaf: randomNode(random, 2, []),
    tree: {
      type: "object",
      properties: {
        name: { type: "string", maxLength: 3 },
        left: { $ref: "#/$defs/tree" },
        list: { type: "array", items: { $ref: "#/$defs/tree" }, maxItems: 2 },
      },
    },
  };
  return { ...randomObject(random, 0, ["#/$defs/leaf", "#/$defs/tree"]), $defs };
}

const names = [
  ...["a", "b", "name", "max-size", "per second", "read", "class", "x_y", "é", "1st", "map"],
  ...["from", "value", "hasA", "__proto", "list", "Json", "", '"q"', "a/b~c"],
];

function randomObject(random: Random, depth: number, refs: string[]): Schema {
  const properties: Record<string, Schema | true> = {};
  for (let count = random.below(6); count > 0; count--) {
    properties[random.of(names)] = randomProperty(random, depth + 1, refs);
  }
  const required = Object.keys(properties).filter(() => random.once(4));
  const others = random.below(4);
  return {
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    ...(others === 0 && { additionalProperties: false }),
    ...(others === 1 && { additionalProperties: randomNode(random, depth + 1, refs) }),
  };
}

function randomProperty(random: Random, depth: number, refs: string[]): Schema | true {
  if (random.once(15)) return random.once(2) ? true : { description: "anything */ at\nall" };
  const schema = randomNode(random, depth, refs);
  if (typeof schema.type === "string" && !schema.enum && random.once(6)) schema.type = [schema.type, "null"];
  if (random.once(2)) return schema;
  const fallback = defaultFor(random, schema);
  return fallback === undefined ? schema : { ...schema, default: fallback };
}

function randomNode(random: Random, depth: number, refs: string[]): Schema {
  if (refs.length > 0 && random.once(8)) return { $ref: random.of(refs) };
  const kind = random.below(depth > 3 ? 5 : 8);
  if (kind === 0) return { type: "boolean" };
  if (kind <= 2) return randomText(random);
  if (kind <= 4) return randomNumber(random);
  if (kind === 5) return randomArray(random, depth, refs);
  if (kind === 6) return randomMap(random, depth, refs);
  return randomObject(random, depth, refs);
}

function randomText(random: Random): Schema {
  if (random.once(3))
    return { type: "string", enum: ["fast", "slow", "", "a b", "ä", "1"].slice(random.below(3)) };
  return {
    type: "string",
    ...(random.once(2) && { minLength: random.below(3) }),
    ...(random.once(2) && { maxLength: 2 + random.below(3) }),
    ...(random.once(4) && { pattern: random.of(["^a", "[a-f]{2}", "^\\w*$", "é|ä", "^.{1,2}$", "\\bhere"]) }),
  };
}

function randomNumber(random: Random): Schema {
  const type = random.of(["integer", "number"]);
  if (random.once(8)) return { type, enum: [1, 2, 5, 0] };
  return {
    type,
    ...(random.once(3) && { minimum: random.of([-5, 0, 1, -0.5, 2 ** 53]) }),
    ...(random.once(3) && { maximum: random.of([5, 100, 2 ** 31, 1e300]) }),
    ...(random.once(6) && { exclusiveMinimum: random.of([-1, 0]) }),
    ...(random.once(6) && { exclusiveMaximum: random.of([3, 7.5]) }),
    ...(random.once(6) && { multipleOf: random.of([2, 3, 0.1, 0.01, 10]) }),
  };
}

function randomArray(random: Random, depth: number, refs: string[]): Schema {
  const unique = random.once(4);
  const items = unique ? random.of([randomText, randomNumber])(random) : randomNode(random, depth + 1, refs);
  return {
    type: "array",
    items,
    ...(random.once(3) && { minItems: random.below(2) }),
    ...(random.once(3) && { maxItems: 1 + random.below(3) }),
    ...(unique && { uniqueItems: true }),
  };
}

function randomMap(random: Random, depth: number, refs: string[]): Schema {
  return {
    type: "object",
    additionalProperties: random.once(6) ? true : randomNode(random, depth + 1, refs),
    ...(random.once(4) && { minProperties: 1 }),
    ...(random.once(4) && { maxProperties: 2 }),
  };
}

/** A likely default; whoever uses it drops those that do not fit. */
function defaultFor(random: Random, schema: Schema): unknown {
  const [type] = [schema.type].flat();
  if (Array.isArray(schema.type) && random.once(3)) return null;
  if (type === "boolean") return random.once(2);
  if (type === "string") return schema.enum ? (schema.enum as string[])[0] : random.of(["", "ab", "é€"]);
  if (type === "integer") return random.of([0, 2, 5]);
  if (type === "number") return random.of([0, 2, 2.5]);
  if (type === "array") return [];
  return schema.$ref === undefined ? {} : undefined;
}
