import type { Field, Shape } from "./model.js";
import { canBeNull, typeOf } from "./types.js";

/** Code for values that a schema names. */
export class Literals {
  /** Functions that make the values which no expression can: objects and maps. */
  readonly functions: string[] = [];

  /** What a field of a new object has. */
  initial(field: Field): string {
    if (field.fallback !== undefined && field.fallback !== null)
      return this.value(field.fallback, field.shape);
    return canBeNull(field) ? "null" : this.empty(field.shape);
  }

  private empty(shape: Shape): string {
    switch (shape.kind) {
      case "string":
        return '""';
      case "boolean":
        return "false";
      case "number":
        return "0";
      case "json":
        return "Json.absent";
      case "enum":
        return `${shape.name}.${shape.members[0]}`;
      default:
        return shape.kind === "array" ? "[]" : `new ${typeOf(shape)}()`;
    }
  }

  private value(value: unknown, shape: Shape): string {
    switch (shape.kind) {
      case "string":
        return quoted(value as string);
      case "boolean":
        return String(value);
      case "number":
        return numberLiteral(value as number, shape.type);
      case "json":
        return `Json.of(${quoted(JSON.stringify(value))})`;
      case "enum":
        return `${shape.name}.${shape.members[shape.values.indexOf(value as string)]}`;
      case "array":
        return `[${(value as unknown[]).map((item) => this.value(item, shape.items)).join(", ")}]`;
      default:
        return this.made(value as Record<string, unknown>, shape);
    }
  }

  private made(value: Record<string, unknown>, shape: Extract<Shape, { kind: "class" | "map" }>): string {
    const entries = Object.entries(value);
    const type = typeOf(shape);
    if (entries.length === 0) return `new ${type}()`;
    const lines = entries.flatMap(([name, inner]) => {
      if (shape.kind === "map") return [`value.set(${quoted(name)}, ${this.value(inner, shape.values)});`];
      const field = shape.fields.find(({ property }) => property === name);
      if (field) {
        if (inner === null)
          return field.has ? [`value.${field.has} = false;`] : [`value.${field.name} = null;`];
        const has = field.has ? [`value.${field.has} = true;`] : [];
        return [`value.${field.name} = ${this.value(inner, field.shape)};`, ...has];
      }
      const { others } = shape;
      return others
        ? [`value.${others.field}.set(${quoted(name)}, ${this.value(inner, others.shape)});`]
        : [];
    });
    const made = `default${this.functions.length + 1}`;
    const body = [`const value = new ${type}();`, ...lines, "return value;"].map((line) => `  ${line}`);
    this.functions.push([`function ${made}(): ${type} {`, ...body, "}"].join("\n"));
    return `${made}()`;
  }
}

/** A string literal; what is not printable ASCII is escaped, so that no editor shows it as something else. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A number of the type. */
export function numberLiteral(value: number, type: "i32" | "i64" | "f64"): string {
  if (type !== "f64") return Object.is(value, -0) ? "0" : BigInt(value).toString();
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}
