import assert from "node:assert/strict";
import { emit } from "../../cli/src/config-class/emit.js";
import type { ClassShape, Field, Model, Shape } from "../../cli/src/config-class/model.js";
import { canBeNull, typeOf } from "../../cli/src/config-class/types.js";

/** An AssemblyScript module that reads documents with each model's class, and writes down what it has read. */
export function probeSource(models: readonly Model[]): string {
  const spaces = models.map((model, index) => {
    const body = emit(model, "").replace(/^import .*$/m, "");
    return `namespace S${index} {\n${body}\n${dumps(model)}\nexport function dump(): string { return ${dumpCall(model.classes[0]!, "read!")}; }
export let read: Config | null = null;\n}`;
  });
  return `
import { Json, JsonKind } from "@meshwasm/sdk/assembly/json/json";
import { ConfigReader } from "@meshwasm/sdk/assembly/config/config-reader";
class PluginConfiguration { json(): Json { return Json.absent; } }
let input: Uint8Array = new Uint8Array(0);
let reader: ConfigReader = new ConfigReader(Json.absent);
export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function error(): string { return reader.error; }
export function read(index: i32): bool {
  reader = new ConfigReader(Json.parse(input));
  switch (index) {
${models.map((_, index) => `case ${index}: S${index}.read = S${index}.Config.from(reader); break;`).join("\n")}
  }
  return reader.error.length == 0;
}
export function dump(index: i32): string {
  switch (index) {
${models.map((_, index) => `case ${index}: return S${index}.dump();`).join("\n")}
  }
  return "";
}
function textOf(value: string): string {
  let text = '"';
  for (let i = 0; i < value.length; i++) text += "\\\\u" + (0x10000 + value.charCodeAt(i)).toString(16).substring(1);
  return text + '"';
}
function jsonOf(value: Json): string {
  if (value.isAbsent) return '"absent"';
  return textOf(value.kind == JsonKind.String ? '"' + value.source() + '"' : value.source());
}
${spaces.join("\n")}
`;
}

function dumps(model: Model): string {
  const classes = model.classes.map((shape) => {
    const fields = shape.fields.map((field) => `${quotedName(field.property)} + ${dumpField(field)}`);
    if (shape.others)
      fields.push(`'"+":' + ${dumpCall(mapOf(shape.others.shape), `value.${shape.others.field}`)}`);
    const body = fields.length > 0 ? fields.join(' + "," + ') : '""';
    return `function dump_${shape.name}(value: ${shape.name}): string { return "{" + ${body} + "}"; }`;
  });
  return [...classes, ...[...extra(model)].map(([type, shape]) => dumpCollection(type, shape))].join("\n");
}

type Collection = Extract<Shape, { kind: "array" | "map" }>;

/** Every collection type of a model, once. */
function extra(model: Model): Map<string, Collection> {
  const found = new Map<string, Collection>();
  for (const shape of model.collections) found.set(typeOf(shape), shape);
  for (const { others } of model.classes)
    if (others) found.set(typeOf(mapOf(others.shape)), mapOf(others.shape));
  return found;
}

function mapOf(values: Shape): Extract<Shape, { kind: "map" }> {
  return { kind: "map", reader: "", values, count: {} };
}

function mangled(type: string): string {
  return type.replace(/\W/g, (letter) => `_${letter.charCodeAt(0)}`);
}

function dumpCollection(type: string, shape: Collection): string {
  const head = `function dump_${mangled(type)}(value: ${type}): string { let text = "";`;
  if (shape.kind === "array") {
    return `${head} for (let i = 0; i < value.length; i++) text += (i ? "," : "") + ${dumpCall(shape.items, "value[i]")}; return "[" + text + "]"; }`;
  }
  return `${head} const keys = value.keys(); for (let i = 0; i < keys.length; i++) text += (i ? "," : "") + textOf(keys[i]) + ":" + ${dumpCall(shape.values, "value.get(keys[i])")}; return "{" + text + "}"; }`;
}

function dumpField(field: Field): string {
  const value = `value.${field.name}`;
  if (field.has) return `(value.${field.has} ? ${dumpCall(field.shape, value)} : "null")`;
  if (!canBeNull(field)) return dumpCall(field.shape, value);
  return `(${value} == null ? "null" : ${dumpCall(field.shape, `${value}!`)})`;
}

function dumpCall(shape: Shape, value: string): string {
  switch (shape.kind) {
    case "string":
      return `textOf(${value})`;
    case "boolean":
      return `(${value} ? "true" : "false")`;
    case "json":
      return `jsonOf(${value})`;
    case "number":
      return shape.type === "f64"
        ? `('"' + reinterpret<u64>(${value}).toString() + '"')`
        : `('"' + (<i64>${value}).toString() + '"')`;
    case "enum":
      return `(<i32>${value}).toString()`;
    case "class":
      return `dump_${shape.name}(${value})`;
    default:
      return `dump_${mangled(typeOf(shape))}(${value})`;
  }
}

function quotedName(name: string): string {
  return JSON.stringify(`${JSON.stringify(name)}:`).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Asserts that what was written down is `value`, which the validator has filled with defaults. */
export function assertRead(seen: unknown, value: unknown, shape: Shape, path = "$"): void {
  if (shape.kind === "class") assertObject(seen as Members, value as Members, shape, path);
  else if (shape.kind === "map") assertMap(seen as Members, value as Members, shape.values, path);
  else if (shape.kind === "array") assertList(seen as unknown[], value as unknown[], shape.items, path);
  else if (shape.kind === "enum") assert.equal(shape.values[seen as number], value, path);
  else if (shape.kind === "json")
    assert.deepEqual(seen === "absent" ? undefined : JSON.parse(seen as string), value, path);
  else if (shape.kind !== "number") assert.equal(seen, value, path);
  else assert.equal(seen, shape.type === "f64" ? bits(value as number) : exact(seen, value), path);
}

type Members = Record<string, unknown>;

function assertList(seen: unknown[], value: unknown[], items: Shape, path: string): void {
  assert.equal(seen.length, value.length, path);
  for (const [index, item] of seen.entries()) assertRead(item, value[index], items, `${path}[${index}]`);
}

function assertMap(seen: Members, value: Members, values: Shape, path: string): void {
  assert.deepEqual(Object.keys(seen).sort(), Object.keys(value).sort(), path);
  for (const [key, item] of Object.entries(seen)) assertRead(item, value[key], values, `${path}.${key}`);
}

function assertObject(seen: Members, value: Members, shape: ClassShape, path: string): void {
  const own = (name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
  for (const field of shape.fields) {
    const expected = own(field.property);
    const at = `${path}.${field.property}`;
    if (field.shape.kind === "json") assertRead(seen[field.property], expected, field.shape, at);
    else if (expected === undefined || expected === null) assert.equal(seen[field.property], null, at);
    else assertRead(seen[field.property], expected, field.shape, at);
  }
  if (!shape.others) return;
  const known = new Set(shape.fields.map(({ property }) => property));
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !known.has(name)));
  assertRead(seen["+"], rest, mapOf(shape.others.shape), path);
}

function bits(value: number): string {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!.toString();
}

/** An integer beyond 2^53 keeps digits that JavaScript drops. */
function exact(seen: unknown, value: unknown): string {
  return Number(seen) === value || (Number(seen) === 0 && value === 0) ? (seen as string) : String(value);
}
