import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import semver from "semver";
import { MeshwasmError } from "../errors.js";
import type { Located } from "./located.js";

/** An ajv that knows the formats that our schemas use. */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  // ajv-formats is CommonJS: its default export is the module's own `default`.
  formats.default(ajv);
  ajv.addFormat("semver", (text) => semver.valid(text) === text);
  return ajv;
}

/**
 * Checks a located text against a schema.
 *
 * @param options `hint` goes into the error
 * @throws MeshwasmError FILTER_INVALID that names the place of the first error and lists all in `details`
 */
export function validateLocated(located: Located, schema: object, options: { hint?: string } = {}): void {
  const validate = createAjv().compile(schema);
  if (validate(located.value)) return;
  const errors = withoutBranches(validate.errors ?? []).map((error) => describe(error, located));
  throw new MeshwasmError("FILTER_INVALID", errors.join("\n"), { ...options, details: errors });
}

/**
 * Of a choice (`oneOf`) ajv tells how each branch failed. The branch that the author meant is the one whose type fits: the
 * others, and the choice itself, say nothing more.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === "oneOf");
  return errors.filter((error) => {
    if (error.keyword === "oneOf") return choices.length === errors.length;
    if (error.keyword !== "type") return true;
    const choice = choices.find(({ instancePath }) => instancePath === error.instancePath);
    return !choice || !errors.some((other) => isBetter(other, choice));
  });
}

/** Whether an error is about the inside of the value that fits no branch. */
function isBetter(error: ErrorObject, choice: ErrorObject): boolean {
  const inside =
    error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`);
  return inside && error !== choice && error.keyword !== "oneOf" && !isOwnType(error, choice);
}

function isOwnType(error: ErrorObject, choice: ErrorObject): boolean {
  return error.keyword === "type" && error.instancePath === choice.instancePath;
}

function describe(error: ErrorObject, located: Located): string {
  const path = pathOf(error);
  return `${located.place(path)}: ${wordsFor(error)}`;
}

/** The path that an ajv error is about, as keys; an unknown key is part of it. */
function pathOf(error: ErrorObject): string[] {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (error.keyword === "additionalProperties") path.push(String(error.params.additionalProperty));
  return path;
}

const articles: Record<string, string> = {
  string: "a string",
  array: "a list",
  object: "a map of keys",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function typeWords(type: string | string[]): string {
  return [type]
    .flat()
    .map((each) => articles[each] ?? each)
    .join(" or ");
}

function wordsFor(error: ErrorObject): string {
  const name = error.instancePath.slice(1).replaceAll("/", ".");
  switch (error.keyword) {
    case "additionalProperties":
      return `unknown key '${error.params.additionalProperty}'${name ? ` in ${name}` : ""}`;
    case "required":
      return `'${error.params.missingProperty}' is missing${name ? ` in ${name}` : ""}`;
    case "enum":
      return `'${name}' must be one of ${(error.params.allowedValues as unknown[]).join(", ")}`;
    case "format":
      return `'${name}' must be a ${error.params.format === "semver" ? "semantic version such as 1.2.3" : error.params.format}`;
    case "type":
      return `${name ? `'${name}'` : "this"} must be ${typeWords(error.params.type)}`;
    case "pattern":
      return `'${name}' must be a-z, 0-9 and hyphens, 63 at most, no hyphen at an end`;
    default:
      return `${name ? `'${name}' ` : ""}${error.message}`;
  }
}
