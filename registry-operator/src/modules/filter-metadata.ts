import { parse } from "yaml";
import { MeshwasmError } from "../errors.js";

const filterPhases = ["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"] as const;

/** Where in the chain the filter wants to stand, as Istio names it. */
export type FilterPhase = (typeof filterPhases)[number];

/** What the files beside the module say; absent: not said. */
export interface FilterMetadata {
  name?: string;
  version?: string;
  kind?: "http" | "network";
  rootId?: string;
  phase?: FilterPhase;
  /** Parsed config.schema.json. */
  configSchema?: unknown;
}

/** Bytes of filter.yaml and of config.schema.json. */
const maxFileBytes = 256 * 1024;

/**
 * Reads `filter.yaml` and `config.schema.json` of an artifact. Unknown keys are left aside, so that a newer one can be
 * read; what is known must be as the CLI writes it.
 *
 * @throws MeshwasmError ArtifactInvalid
 */
export function readFilterMetadata(files: ReadonlyMap<string, Uint8Array>): FilterMetadata {
  const schema = textOf(files, "config.schema.json");
  const manifest = textOf(files, "filter.yaml");
  return {
    ...(manifest === undefined
      ? {}
      : fieldsOf(parsed("filter.yaml", () => parse(manifest, { maxAliasCount: 10 })))),
    ...(schema === undefined
      ? {}
      : { configSchema: schemaOf(parsed("config.schema.json", () => JSON.parse(schema))) }),
  };
}

function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string | undefined {
  const bytes = files.get(name);
  if (bytes === undefined) return undefined;
  if (bytes.length > maxFileBytes) {
    throw invalid(`${name} has ${bytes.length} bytes; the limit is ${maxFileBytes}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(`${name} is not UTF-8`, cause);
  }
}

function parsed(name: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    throw invalid(`${name}: ${(cause as Error).message.split("\n")[0]}`, cause);
  }
}

const fields: Record<string, (value: string) => boolean> = {
  name: (value) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value),
  version: (value) => /^[0-9A-Za-z.+-]{1,128}$/.test(value),
  kind: (value) => value === "http" || value === "network",
  // It ends up in Envoy's configuration and in names of annotations.
  rootId: (value) => value.length <= 253 && /^[^\p{Cc}]+$/u.test(value),
  phase: (value) => (filterPhases as readonly string[]).includes(value),
};

function fieldsOf(manifest: unknown): FilterMetadata {
  if (!isObject(manifest)) throw invalid("filter.yaml is no map of keys");
  const found: Record<string, string> = {};
  for (const [key, isValid] of Object.entries(fields)) {
    const value = manifest[key];
    if (value === undefined) continue;
    if (typeof value !== "string" || !isValid(value))
      throw invalid(`filter.yaml: '${key}' has no valid value`);
    found[key] = value;
  }
  return found;
}

function schemaOf(schema: unknown): unknown {
  if (typeof schema === "boolean" || isObject(schema)) return schema;
  throw invalid("config.schema.json is neither an object nor true or false");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(problem: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("ArtifactInvalid", `the image's ${problem}`, {
    cause,
    hint: "check the filter's folder with: meshwasm build, then push it again",
  });
}
