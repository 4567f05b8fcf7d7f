import { Ajv as Ajv07, type AnySchemaObject } from "ajv";
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
  const draft = draftOf(schema);
  const problems = limited(() => problemsOf(draft, schema, config ?? {}));
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

function problemsOf({ Ajv, meta }: Draft, schema: unknown, config: unknown): string[] {
  if (typeof schema !== "object" || schema === null) throw new Error("it is no object");
  meta.validateSchema(schema as AnySchemaObject, true);
  // What one schema defines is no other's business.
  const ajv = new Ajv({ ...options, validateSchema: false });
  formats.default(ajv);
  const validate = ajv.compile(schema as AnySchemaObject);
  if (validate(config)) return [];
  return (validate.errors ?? []).map(({ instancePath, keyword, message, params }) => {
    const place = instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".");
    return `${place} ${message}${keyword === "additionalProperties" ? ` ('${params.additionalProperty}')` : ""}`;
  });
}

const options = { allErrors: true, strict: false, logger: false } as const;

/** A version of JSON Schema. */
interface Draft {
  Ajv: typeof Ajv07 | typeof Ajv2020;
  /** What schemas themselves are checked with. To make it takes longer than all else here, so it is made once. */
  meta: Ajv07;
}

const drafts = new Map<Draft["Ajv"], Draft>();

/** Without `$schema` it is 2020-12, as for the CLI. */
function draftOf(schema: unknown): Draft {
  const { $schema } = Object(schema) as AnySchemaObject;
  const Ajv = /draft-07/.test(String($schema)) ? Ajv07 : Ajv2020;
  let draft = drafts.get(Ajv);
  if (!draft) {
    draft = { Ajv, meta: formats.default(new Ajv(options)) };
    // Here, where no limit of time can end it halfway.
    draft.meta.validateSchema({});
    drafts.set(Ajv, draft);
  }
  return draft;
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
