import type { Located } from "../filter/located.js";
import { isAnnotation, objection, types } from "./keywords.js";
import type {
  ArrayShape,
  ClassShape,
  CountLimits,
  EnumShape,
  Field,
  MapShape,
  Model,
  Shape,
} from "./model.js";
import { Names } from "./names.js";
import { readNumber } from "./numbers.js";
import { patternFault } from "./patterns.js";
import { type Path, parsePointer, pointer, unsupported } from "./pointer.js";

type Schema = Record<string, unknown>;

/** A shape, and what its schema says about the place where it stands. */
interface Found {
  shape: Shape;
  nullable: boolean;
}

/**
 * Reads a JSON Schema as the classes that hold what fits it. The subset is a plain one: every object, array and value
 * has one type, and `$ref` leads into the same file.
 *
 * @throws MeshwasmError FILTER_INVALID with file, line and column and the JSON pointer of what is not supported
 */
export function readSchema(located: Located): Model {
  return new SchemaReader(located).read();
}

class SchemaReader {
  private readonly model: Model = { classes: [], enums: [], collections: [] };
  private readonly names = new Names();
  /** What `$ref` has led to, by pointer: an object that contains itself has one class. */
  private readonly referenced = new Map<string, Found>();

  constructor(private readonly located: Located) {}

  read(): Model {
    const root = this.located.value as Schema;
    if (root.type !== "object") throw this.fault([], 'a configuration must have "type": "object"');
    const config: ClassShape = {
      kind: "class",
      name: this.names.type("Config"),
      doc: "",
      fields: [],
      closed: false,
    };
    this.referenced.set("#", { shape: config, nullable: false });
    this.checkKeywords(root, [], "object");
    this.fillClass(config, root, []);
    return this.model;
  }

  /** @param words what names are made from */
  private schema(path: Path, words: string): Found {
    const schema = this.at(path);
    if (schema === true) return { shape: { kind: "json" }, nullable: false };
    if (typeof schema !== "object" || schema === null) throw this.fault(path, "nothing fits this schema");
    const found = schema as Schema;
    if ("$ref" in found) return this.reference(found, path);
    if (Object.keys(found).every(isAnnotation)) return { shape: { kind: "json" }, nullable: false };
    const { type, nullable } = this.typeOf(found, path);
    this.checkKeywords(found, path, type);
    return { shape: this.shape(found, path, type, words), nullable };
  }

  private shape(schema: Schema, path: Path, type: string, words: string): Shape {
    if (type === "string") return this.string(schema, path, words);
    if (type === "array") return this.array(schema, path, words);
    if (type === "object") return this.object(schema, path, words);
    if (type === "boolean") return { kind: "boolean" };
    return readNumber(schema, type as "integer" | "number", (key, why) => this.fault([...path, key], why));
  }

  private reference(schema: Schema, path: Path): Found {
    const { $ref, ...others } = schema;
    const wrong = Object.keys(others).find((keyword) => !isAnnotation(keyword));
    if (wrong) throw this.fault([...path, wrong], `'${wrong}' beside $ref is not supported`);
    const target = parsePointer(String($ref));
    if (!target || this.at(target) === undefined) {
      throw this.fault([...path, "$ref"], `${JSON.stringify($ref)} does not lead to a schema in this file`);
    }
    const key = pointer(target);
    const known = this.referenced.get(key);
    if (known) return known;
    const kind = this.at(target) as Schema;
    // Before its fields are read: they may refer to it.
    if (kind.type === "object" && typeof kind.properties === "object") {
      const shape = this.newClass(target.at(-1) ?? "Value");
      const found: Found = { shape, nullable: false };
      this.referenced.set(key, found);
      this.checkKeywords(kind, target, "object");
      this.fillClass(shape, kind, target);
      return found;
    }
    if (this.open.has(key)) throw this.fault([...path, "$ref"], "leads to itself without an object between");
    this.open.add(key);
    const found = this.schema(target, target.at(-1) ?? "Value");
    this.open.delete(key);
    this.referenced.set(key, found);
    return found;
  }

  private readonly open = new Set<string>();

  private typeOf(schema: Schema, path: Path): { type: string; nullable: boolean } {
    const { type } = schema;
    if (type === undefined) {
      const values = "const" in schema ? [schema.const] : schema.enum;
      const kinds = new Set(Array.isArray(values) ? values.map((value) => typeof value) : []);
      const [only] = kinds;
      if (kinds.size === 1 && (only === "string" || only === "number"))
        return { type: only, nullable: false };
      throw this.fault(path, "it has no type");
    }
    const list = [type].flat().map(String);
    const rest = list.filter((each) => each !== "null");
    const [only] = rest;
    if (rest.length !== 1 || only === undefined || !types.includes(only)) {
      throw this.fault([...path, "type"], `a value needs one type, beside which only "null" may stand`);
    }
    return { type: only, nullable: list.length > 1 };
  }

  private string(schema: Schema, path: Path, words: string): Shape {
    const values = "const" in schema ? [schema.const] : schema.enum;
    if (values === undefined) {
      const { minLength, maxLength } = schema as Partial<Record<string, number>>;
      const pattern = schema.pattern as string | undefined;
      const fault = pattern === undefined ? undefined : patternFault(pattern);
      if (fault) throw this.fault([...path, "pattern"], fault);
      return {
        kind: "string",
        ...(minLength !== undefined && { minLength }),
        ...(maxLength !== undefined && { maxLength }),
        ...(pattern !== undefined && { pattern }),
      };
    }
    const other = ["minLength", "maxLength", "pattern"].find((keyword) => keyword in schema);
    if (other) throw this.fault([...path, other], `'${other}' beside enum is not supported`);
    const texts = (values as unknown[]).map((value, index) => {
      if (typeof value === "string") return value;
      throw this.fault([...path, "enum", index], "an enum must have strings only, or numbers only");
    });
    const members = new Names();
    const shape: EnumShape = {
      kind: "enum",
      name: this.names.type(words),
      doc: docOf(schema),
      values: texts,
      members: texts.map((text) => members.member(text)),
    };
    this.model.enums.push(shape);
    return shape;
  }

  private array(schema: Schema, path: Path, words: string): Shape {
    const shape: ArrayShape = {
      kind: "array",
      reader: this.names.unique(`read${this.pascal(words)}`),
      items: { kind: "json" },
      count: countOf(schema.minItems, schema.maxItems),
      unique: schema.uniqueItems === true,
    };
    this.model.collections.push(shape);
    if (schema.items !== undefined) shape.items = this.inner([...path, "items"], `${words} item`);
    const { kind } = shape.items;
    if (shape.unique && kind !== "string" && kind !== "number" && kind !== "enum") {
      throw this.fault([...path, "uniqueItems"], "'uniqueItems' is supported for strings and numbers only");
    }
    return shape;
  }

  private object(schema: Schema, path: Path, words: string): Shape {
    const additional = schema.additionalProperties;
    if (typeof schema.properties === "object") {
      const shape = this.newClass(words);
      this.fillClass(shape, schema, path);
      return shape;
    }
    if (additional === false) return this.fillClass(this.newClass(words), schema, path);
    if (Array.isArray(schema.required) && schema.required.length > 0) {
      throw this.fault([...path, "required"], "names a property that is not among 'properties'");
    }
    const shape: MapShape = {
      kind: "map",
      reader: this.names.unique(`read${this.pascal(words)}`),
      values: { kind: "json" },
      count: countOf(schema.minProperties, schema.maxProperties),
    };
    this.model.collections.push(shape);
    if (additional !== undefined && additional !== true) {
      shape.values = this.inner([...path, "additionalProperties"], `${words} value`);
    }
    return shape;
  }

  private newClass(words: string): ClassShape {
    return { kind: "class", name: this.names.type(words), doc: "", fields: [], closed: false };
  }

  private fillClass(shape: ClassShape, schema: Schema, path: Path): ClassShape {
    this.model.classes.push(shape);
    shape.doc = docOf(schema);
    for (const keyword of ["minProperties", "maxProperties"]) {
      if (keyword in schema) {
        throw this.fault(
          [...path, keyword],
          `'${keyword}' is supported for objects without 'properties' only`,
        );
      }
    }
    const properties = (schema.properties ?? {}) as Schema;
    const required = (schema.required ?? []) as string[];
    const missing = required.findIndex((name) => !Object.hasOwn(properties, name));
    if (missing >= 0) {
      throw this.fault([...path, "required", missing], "names a property that is not among 'properties'");
    }
    const names = new Names();
    const prefix = path.length === 0 ? "" : shape.name;
    for (const property of Object.keys(properties)) {
      const at = [...path, "properties", property];
      const { shape: inner, nullable } = this.schema(at, `${prefix} ${property}`);
      const own = this.at(at);
      const { default: fallback } = (typeof own === "object" ? own : {}) as Schema;
      const name = names.field(property);
      const field: Field = {
        property,
        name,
        doc: docOf(own as Schema),
        shape: inner,
        required: required.includes(property),
        nullable,
        fallback,
      };
      const flat = inner.kind === "number" || inner.kind === "boolean" || inner.kind === "enum";
      const optional = nullable || (!field.required && fallback === undefined);
      if (flat && optional) field.has = names.field(`has ${property}`);
      shape.fields.push(field);
    }
    const additional = schema.additionalProperties;
    shape.closed = additional === false;
    if (typeof additional === "object") {
      shape.others = {
        field: names.field("others"),
        shape: this.inner([...path, "additionalProperties"], `${prefix} other`),
      };
    }
    return shape;
  }

  /** A schema whose values have no place for null. */
  private inner(path: Path, words: string): Shape {
    const { shape, nullable } = this.schema(path, words);
    if (nullable) throw this.fault(path, "null is supported for the properties of objects only");
    return shape;
  }

  private checkKeywords(schema: Schema, path: Path, type: string): void {
    for (const keyword of Object.keys(schema)) {
      if (path.length > 0 && keyword === "$id")
        throw this.fault([...path, keyword], "'$id' is supported at the root only");
      const words = objection(keyword, type);
      if (words) throw this.fault([...path, keyword], words);
    }
  }

  private at(path: Path): unknown {
    return path.reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string | number, unknown>)[key]
          : undefined,
      this.located.value,
    );
  }

  private pascal(words: string): string {
    return new Names().type(words);
  }

  private fault(path: Path, words: string): Error {
    return unsupported(this.located, path, words);
  }
}

function countOf(min: unknown, max: unknown): CountLimits {
  return { ...(typeof min === "number" && { min }), ...(typeof max === "number" && { max }) };
}

function docOf(schema: Schema | boolean | undefined): string {
  if (typeof schema !== "object") return "";
  return String(schema.description ?? schema.title ?? "");
}
