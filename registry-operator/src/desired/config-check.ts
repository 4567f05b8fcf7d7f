import { Ajv, type AnySchemaObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { MeshwasmError } from "../errors.js";
import { withinCpuTime } from "./within-cpu-time.js";

/** A schema's pattern can run for ever on some text; both come from others. */
const limitMillis = 1000;
const maxWords = 5;

/**
 * Checks a plugin's configuration against the schema in its artifact; no configuration is checked as an empty one.
 *
 * @param schema the parsed `config.schema.json`; undefined: there is none, and every configuration fits
 * @throws MeshwasmError ConfigInvalid that names each place, ConfigSchemaInvalid
 */
export function checkConfig(schema: unknown, config: unknown): void {
  if (schema === undefined) return;
  const problems = limited(() => problemsOf(schema, config ?? {}));
  if (problems.length === 0) return;
  const more = problems.length > maxWords ? `; and ${problems.length - maxWords} more` : "";
  throw new MeshwasmError(
    "ConfigInvalid",
    `spec.filter.config: ${problems.slice(0, maxWords).join("; ")}${more}`,
    {
      hint: "the filter's own config.schema.json says what fits: meshwasm inspect IMAGE",
    },
  );
}

function problemsOf(schema: unknown, config: unknown): string[] {
  if (typeof schema !== "object" || schema === null) throw new Error("it is no object");
  const ajv = ajvFor(schema);
  const validate = ajv.compile(schema as AnySchemaObject);
  if (validate(config)) return [];
  return (validate.errors ?? []).map(({ instancePath, keyword, message, params }) => {
    const place = instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".");
    return `${place} ${message}${keyword === "additionalProperties" ? ` ('${params.additionalProperty}')` : ""}`;
  });
}

/** Without `$schema` it is 2020-12, as for the CLI. */
function ajvFor(schema: AnySchemaObject): Ajv {
  const options = { allErrors: true, strict: false, logger: false } as const;
  const ajv = /draft-07/.test(String(schema.$schema)) ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  return ajv;
}

function limited<T>(work: () => T): T {
  try {
    return withinCpuTime(limitMillis, work);
  } catch (cause) {
    throw new MeshwasmError(
      "ConfigSchemaInvalid",
      `the artifact's config.schema.json: ${(cause as Error).message}`,
      {
        cause,
        hint: "publish the filter again with a schema that its build accepts",
      },
    );
  }
}
