import { readFile } from "node:fs/promises";
import { MeshwasmError } from "../errors.js";
import { type Located, parseLocated } from "../filter/located.js";
import { validateLocated } from "../filter/validate.js";
import type { Case, CaseFile } from "./cases.js";

/** A file of cases with the places of its values. */
export interface LoadedCases extends CaseFile {
  /** How messages name the file. */
  shown: string;
  /** `FILE:LINE:COLUMN` of a value, by its path from the file's root. */
  place: Located["place"];
}

const schemaFile = new URL("../../schemas/cases.schema.json", import.meta.url);

/**
 * Reads a file of declarative cases.
 *
 * @param shown how messages name the file
 * @throws MeshwasmError FILTER_INVALID that names line and column: no YAML, a key or value that the schema does not know,
 *   a case with both steps and a step of its own, two cases of one name
 */
export async function loadCases(path: string, shown: string): Promise<LoadedCases> {
  const located = parseLocated(await readFile(path, "utf8"), shown);
  validateLocated(located, JSON.parse(await readFile(schemaFile, "utf8")) as object, {
    hint: "schemas/cases.schema.json of @meshwasm/cli describes the format; editors can use it",
  });
  const file = located.value as CaseFile;
  const names = new Set<string>();
  for (const [index, each] of file.cases.entries()) {
    const wrong = problemOf(each, names);
    if (wrong) throw new MeshwasmError("FILTER_INVALID", `${located.place(["cases", index])}: ${wrong}`);
    names.add(each.name);
  }
  return { ...file, shown, place: located.place };
}

function problemOf(each: Case, names: ReadonlySet<string>): string | undefined {
  if (names.has(each.name)) return `another case is named '${each.name}' already`;
  const own = ["request", "upstream", "connection", "advance", "expect"].filter((key) => key in each);
  if (each.steps && own.length > 0) return `'${own[0]}' stands beside 'steps': put it into one of them`;
  if (each.rejected !== undefined) {
    const more = own[0] ?? (each.steps && "steps");
    return (
      more && `'${more}' stands beside 'rejected': a filter that refuses its configuration gets no traffic`
    );
  }
  const steps = each.steps ?? [each];
  if (steps.some((step) => step.request && step.connection))
    return "a step has a request or a connection, not both";
  if (!steps.some((step) => step.expect)) return `case '${each.name}' expects nothing`;
  return undefined;
}
