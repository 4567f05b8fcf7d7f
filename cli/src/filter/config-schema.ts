import { Ajv, type AnySchemaObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { MeshwasmError } from "../errors.js";
import { parseLocatedJson } from "./located.js";

/** The dialects that a configuration schema may be written in; without `$schema` it is 2020-12. */
function ajvFor(schema: unknown): Ajv {
  const dialect = (schema as AnySchemaObject | null)?.$schema;
  // Without a logger: ajv would print of an unknown format, which JSON Schema allows.
  const options = { allErrors: true, strict: false, strictNumbers: true, logger: false } as const;
  const ajv = /draft-07/.test(String(dialect)) ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  return ajv;
}

/**
 * Checks that a text is a JSON Schema.
 *
 * @throws MeshwasmError FILTER_INVALID with file, line and column
 */
export function checkConfigSchema(text: string, file: string): void {
  const located = parseLocatedJson(text, file);
  const ajv = ajvFor(located.value);
  const fail = (path: string, words: string) => {
    const keys = path.split("/").filter((part) => part !== "" && part !== "#");
    throw new MeshwasmError("FILTER_INVALID", `${located.place(keys)}: not a JSON Schema: ${words}`);
  };
  const { value } = located;
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail("", "it must be an object");
  try {
    if (ajv.validateSchema(located.value as AnySchemaObject) === false) {
      const error = ajv.errors?.[0];
      fail(error?.instancePath ?? "", `${error?.instancePath.slice(1) || "the schema"} ${error?.message}`);
    }
    ajv.compile(located.value as AnySchemaObject);
  } catch (error) {
    if (error instanceof MeshwasmError) throw error;
    fail("", (error as Error).message);
  }
}

/**
 * Checks a configuration against a filter's schema.
 *
 * @returns what is wrong, each as `JSON path: words`; empty when the configuration fits
 */
export function checkConfig(schemaText: string, config: unknown): string[] {
  const schema = JSON.parse(schemaText) as AnySchemaObject;
  const ajv = ajvFor(schema);
  if (ajv.validate(schema, config)) return [];
  return (ajv.errors ?? []).map((error) => {
    const path = `$${error.instancePath.replaceAll("/", ".")}`;
    const extra =
      error.keyword === "additionalProperties" ? ` ('${error.params.additionalProperty}' is not known)` : "";
    return `${path}: ${error.message}${extra}`;
  });
}
