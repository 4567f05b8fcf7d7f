import type { RemoteOptions } from "@meshwasm/oras";
import { parse } from "yaml";
import { MeshwasmError } from "../errors.js";
import { checkConfig } from "../filter/config-schema.js";
import { type FilterPhase, filterPhases } from "../filter/manifest.js";

/** What `enable` must know of an artifact. */
export interface EnabledArtifact {
  /** By digest. */
  ref: string;
  /** Digest of the manifest. */
  digest: string;
  /** From filter.yaml; without one, the last part of the repository. */
  name: string;
  /** Where in the chain its author wants it. Absent: filter.yaml does not say. */
  phase?: FilterPhase;
  /** Text of config.schema.json; absent: the artifact has none. */
  schema?: string;
}

/**
 * Pulls an artifact, verified by its digests, for its name and the schema of its configuration.
 *
 * @throws MeshwasmError those of `pull` of the OCI client; USAGE for a folder
 */
export async function readArtifactFor(reference: string, options: RemoteOptions): Promise<EnabledArtifact> {
  const { isLayoutReference, parseReference, pull } = await import("@meshwasm/oras");
  const parsed = parseReference(reference);
  if (isLayoutReference(parsed)) {
    throw new MeshwasmError("USAGE", `${reference} is a folder; a cluster fetches from registries only`, {
      hint: "copy it there first: meshwasm copy SRC REGISTRY/REPO:TAG",
    });
  }
  if (parsed.tag === undefined && parsed.digest === undefined) {
    throw new MeshwasmError("USAGE", `${reference} names neither a tag nor a digest`, {
      hint: "name a version, so that everybody knows what runs: REGISTRY/REPO:1.2.3",
    });
  }
  const pulled = await pull(reference, options);
  const schema = pulled.files.get("config.schema.json");
  const manifest = pulled.files.get("filter.yaml");
  const { name, phase } = manifest ? saidIn(new TextDecoder().decode(manifest)) : {};
  return {
    ref: pulled.ref,
    digest: pulled.digest,
    name: name ?? parsed.repository.slice(parsed.repository.lastIndexOf("/") + 1),
    ...(phase && { phase }),
    ...(schema && { schema: new TextDecoder().decode(schema) }),
  };
}

/**
 * Checks a configuration against the schema in the artifact. Without a configuration the filter gets none, so the
 * schema must allow an empty one.
 *
 * @throws MeshwasmError CONFIG_INVALID that lists everything wrong
 */
export function checkConfigFor(
  { schema, ref }: EnabledArtifact,
  config: unknown,
  file: string | undefined,
): void {
  if (schema === undefined) return;
  const problems = checkConfig(schema, config ?? {});
  if (problems.length === 0) return;
  const place = file ?? "the configuration";
  const message = problems.map((problem) => `${place}: ${problem}`).join("\n");
  throw new MeshwasmError("CONFIG_INVALID", message, {
    details: problems,
    hint:
      file === undefined
        ? "this filter needs a configuration: give one with --config FILE"
        : `the schema is in the artifact: meshwasm pull ${ref} shows it`,
  });
}

function saidIn(text: string): Partial<Pick<EnabledArtifact, "name" | "phase">> {
  try {
    const { name, phase } = parse(text, { maxAliasCount: 10 }) as { name?: unknown; phase?: unknown };
    const isName = typeof name === "string" && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
    const known = filterPhases.find((each) => each === phase);
    return { ...(isName && { name }), ...(known && { phase: known }) };
  } catch {
    // The operator refuses such an artifact with the reason; here it only says nothing.
    return {};
  }
}
