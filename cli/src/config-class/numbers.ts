import type { NumberLimits, NumberShape } from "./model.js";

const lowest = -(2 ** 31);
const highest = 2 ** 31 - 1;

/** Reads a schema of type `integer` or `number`. @param fault makes the error for a keyword */
export function readNumber(
  schema: Record<string, unknown>,
  type: "integer" | "number",
  fault: (keyword: string, words: string) => Error,
): NumberShape {
  const limits: NumberLimits = {};
  for (const name of ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] as const) {
    const value = schema[name];
    if (value === undefined) continue;
    if (typeof value !== "number") throw fault(name, `'${name}' must be a number`);
    limits[name] = value;
  }
  const keyword = "const" in schema ? "const" : "enum";
  const values = "const" in schema ? [schema.const] : schema.enum;
  if (values !== undefined) {
    const among = values as unknown[];
    if (!among.every((value) => typeof value === "number")) {
      throw fault(keyword, `'${keyword}' of the type ${type} must have numbers only`);
    }
    limits.among = among as number[];
  }
  return { kind: "number", type: type === "number" ? "f64" : integerType(limits), limits };
}

/** The smaller type where the limits say that every value fits it. */
function integerType({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  among,
}: NumberLimits): "i32" | "i64" {
  const least = Math.max(
    minimum ?? -Infinity,
    exclusiveMinimum ?? -Infinity,
    among ? Math.min(...among) : -Infinity,
  );
  const most = Math.min(
    maximum ?? Infinity,
    exclusiveMaximum ?? Infinity,
    among ? Math.max(...among) : Infinity,
  );
  return least >= lowest && most <= highest ? "i32" : "i64";
}
