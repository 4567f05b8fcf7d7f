/** Keywords that say nothing about which values fit. */
const annotations = [
  ...["$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples"],
  ...["deprecated", "readOnly", "writeOnly"],
];

const numberKeywords = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "enum",
  "const",
];

/** The keywords that limit each type. */
const limits: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "pattern", "enum", "const"],
  integer: numberKeywords,
  number: numberKeywords,
  boolean: [],
  array: ["items", "minItems", "maxItems", "uniqueItems"],
  object: ["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
};

/** The types that a schema may have. */
export const types: readonly string[] = Object.keys(limits);

const all = new Set([...annotations, ...Object.values(limits).flat(), "type", "$ref"]);

/** Whether a keyword says nothing about which values fit; those that begin with `x-` are anybody's. */
export function isAnnotation(keyword: string): boolean {
  return annotations.includes(keyword) || keyword.startsWith("x-");
}

/** Why `keyword` cannot stand in a schema of `type`; undefined when it can. */
export function objection(keyword: string, type: string): string | undefined {
  if (isAnnotation(keyword) || keyword === "type" || limits[type]?.includes(keyword)) return undefined;
  return all.has(keyword)
    ? `'${keyword}' does not apply to the type ${type}`
    : `'${keyword}' is not among the keywords that a configuration class can be made from`;
}
