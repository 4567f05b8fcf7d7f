import type { Schema } from "./config-schemas.js";
import type { Random } from "./random.js";

/** A JSON text that often fits a schema, and else comes near. */
export function randomFit(random: Random, root: Schema): string {
  return text(random, root, root, 0);
}

const numbers = [
  ...["0", "1", "2", "5", "3", "-1", "2.0", "50e-1", "1e2", "0.3", "0.1", "7.5", "-0", "-0.0", "2.5", "20"],
  ...["9007199254740993", "9007199254740992", "2147483648", "-2147483649", "1e300", "1e999", "123456789012"],
  ...["1e-400", "1.0000000000000000000001", "4611686018427387905"],
];
const texts = ["", "a", "ab", "fast", "slow", "é€", "𝄞𝄞", "long text here", "1", "a b", "ä", "\ud834"];

function text(random: Random, schema: Schema | boolean | undefined, root: Schema, depth: number): string {
  if (depth > 7 || random.once(25)) return anything(random);
  if (typeof schema !== "object") return anything(random);
  if (typeof schema.$ref === "string") return text(random, follow(schema.$ref, root), root, depth);
  const types = [schema.type].flat();
  if (types.includes("null") && random.once(3)) return "null";
  const [type] = types;
  if (type === "boolean") return random.of(["true", "false"]);
  if (type === "integer" || type === "number") return random.of(numbers);
  if (type === "string") return quote(random, random.of([...((schema.enum as string[]) ?? []), ...texts]));
  if (type === "array") return array(random, schema, root, depth);
  if (type === "object") return object(random, schema, root, depth);
  return anything(random);
}

function array(random: Random, schema: Schema, root: Schema, depth: number): string {
  const items = Array.from({ length: random.below(4) }, () =>
    text(random, schema.items as Schema | undefined, root, depth + 1),
  );
  return `[${items.join(", ")}]`;
}

function object(random: Random, schema: Schema, root: Schema, depth: number): string {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = (schema.required ?? []) as string[];
  const members = Object.keys(properties)
    .filter((name) => (required.includes(name) ? !random.once(20) : random.once(2)))
    .map((name) => [name, properties[name]] as const);
  const other = schema.additionalProperties;
  if (other !== false ? random.once(2) : random.once(20)) {
    members.push([random.of(["other", "x", "é", "10", "2"]), other as Schema], ["another", other as Schema]);
  }
  // Of repeated names the last counts.
  if (random.once(12) && members[0]) members.unshift([members[0][0], true as unknown as Schema]);
  return `{${members.map(([name, inner]) => `${quote(random, name)}: ${text(random, inner, root, depth + 1)}`)}}`;
}

function anything(random: Random): string {
  return random.of(["null", "true", "1", '"text"', "[]", "{}", '[1,"a"]', '{"a": {"b": null}}', "1.5"]);
}

function quote(random: Random, value: string): string {
  const plain = JSON.stringify(value);
  if (!random.once(4)) return plain;
  const units = value.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${units.join("")}"`;
}

function follow(ref: string, root: Schema): Schema | undefined {
  return ref
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (at as Schema)?.[key], root) as Schema;
}
