import type { Field, Shape } from "./model.js";

/** The AssemblyScript type of a value. */
export function typeOf(shape: Shape): string {
  switch (shape.kind) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "json":
      return "Json";
    case "number":
      return shape.type;
    case "enum":
    case "class":
      return shape.name;
    case "array":
      return `${typeOf(shape.items)}[]`;
    case "map":
      return `Map<string, ${typeOf(shape.values)}>`;
  }
}

/** Whether a field may be null: it is not required and has no default, or the schema allows null. */
export function canBeNull({ shape, required, nullable, fallback }: Field): boolean {
  if (shape.kind === "number" || shape.kind === "boolean" || shape.kind === "enum" || shape.kind === "json")
    return false;
  return nullable || (!required && fallback === undefined);
}
