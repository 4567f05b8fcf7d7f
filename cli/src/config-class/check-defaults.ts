import { Ajv2020 } from "ajv/dist/2020.js";
import type { Located } from "../filter/located.js";
import type { ClassShape, Field, Model, Shape } from "./model.js";
import { type Path, pointer, unsupported } from "./pointer.js";

/**
 * Checks that every `default` fits its own schema, and that no object contains itself before anything is read.
 *
 * @throws MeshwasmError FILTER_INVALID with file, line and column
 */
export function checkDefaults(located: Located, model: Model): void {
  // The dialect makes no difference to the keywords that a class can be made from.
  const { $schema: _, ...schema } = located.value as Record<string, unknown>;
  const ajv = new Ajv2020({ strict: false, logger: false, useDefaults: true, allErrors: true });
  ajv.addSchema({ ...schema, $id: "config:schema" });
  visit(located.value, [], (path, value) => {
    const validate = ajv.compile({ $ref: `config:schema${pointer(path)}` });
    if (validate(structuredClone(value))) return;
    const error = validate.errors?.[0];
    const where = error?.instancePath ? ` (${error.instancePath})` : "";
    throw unsupported(
      located,
      [...path, "default"],
      `the default does not fit: it ${error?.message}${where}`,
    );
  });
  for (const shape of model.classes) checkFinite(located, shape, []);
}

/** Calls `check` for every schema in a schema that has a default. */
function visit(schema: unknown, path: Path, check: (path: Path, value: unknown) => void): void {
  if (typeof schema !== "object" || schema === null) return;
  const {
    default: value,
    properties,
    $defs,
    definitions,
    items,
    additionalProperties,
  } = schema as Record<string, unknown>;
  if (value !== undefined && path.length > 0) check(path, value);
  for (const [key, named] of Object.entries({ properties, $defs, definitions })) {
    for (const [name, inner] of Object.entries(named ?? {})) visit(inner, [...path, key, name], check);
  }
  visit(items, [...path, "items"], check);
  visit(additionalProperties, [...path, "additionalProperties"], check);
}

/** The fields that every new object fills must not lead back to its class. */
function checkFinite(located: Located, shape: ClassShape, open: readonly ClassShape[]): void {
  if (open.includes(shape)) {
    throw unsupported(located, [], `every ${shape.name} would contain another ${shape.name}, without end`);
  }
  for (const field of shape.fields) {
    const inner = filledClass(field);
    if (inner) checkFinite(located, inner, [...open, shape]);
  }
}

function filledClass({ shape, required, nullable, fallback }: Field): ClassShape | undefined {
  const filled = fallback === undefined ? required && !nullable : fallback !== null;
  return filled && isClass(shape) ? shape : undefined;
}

function isClass(shape: Shape): shape is ClassShape {
  return shape.kind === "class";
}
