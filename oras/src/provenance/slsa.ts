/** Where a source was taken from. */
export interface SourceOfBuild {
  /** Its repository as a URL: `https://github.com/acme/filters`. Never with credentials. */
  uri: string;
  /** The commit, hexadecimal; absent: it is not known. */
  commit?: string | undefined;
  /** The branch or tag: `refs/tags/v1.0.0`; absent: it is not known. */
  ref?: string | undefined;
  /** The filter's folder in it; absent: the root. */
  path?: string | undefined;
}

/** What is known of how a filter was built. */
export interface ProvenanceInput {
  /** Absent: not known. */
  source?: SourceOfBuild | undefined;
  /** Whether files of the source differed from its commit. Absent: not known. */
  isModified?: boolean | undefined;
  /** The artifact's format. */
  format: string;
  /** Digest of the module, `sha256:<hex>`. */
  wasmDigest: string;
  /** Digest of the lock file, `sha256:<hex>`; absent: there is none. */
  lockDigest?: string | undefined;
  /** Who built: a URI that names the platform and, on CI, the workflow. */
  builderId: string;
  /** Versions of the programs that built it. */
  builderVersion: Readonly<Record<string, string>>;
  /** The run that built it, as a URI; absent: there is none. */
  invocationId?: string | undefined;
}

/** What the parameters mean: described where the format is, in this package's README. */
export const buildType = "https://meshwasm.io/build/filter/v1";

/**
 * Writes the SLSA provenance v1 of a filter: what it was built from, with what, and by whom. It holds no time, so that
 * the same build gives the same document. It is worth as much as the one who signs it.
 * See https://slsa.dev/spec/v1.1/provenance.
 */
export function slsaProvenance(input: ProvenanceInput): object {
  const { source, isModified, format, wasmDigest, lockDigest, builderId, builderVersion, invocationId } =
    input;
  const at = source?.ref === undefined ? "" : `@${source.ref}`;
  return {
    buildDefinition: {
      buildType,
      externalParameters: {
        format,
        ...(source ? { source: { uri: source.uri, ...only({ ref: source.ref, path: source.path }) } } : {}),
      },
      internalParameters: only({ isModified }),
      resolvedDependencies: [
        ...(source
          ? [
              {
                uri: `git+${source.uri}${at}`,
                ...(source.commit === undefined ? {} : { digest: { gitCommit: source.commit } }),
              },
            ]
          : []),
        ...(lockDigest === undefined ? [] : [{ name: "package-lock.json", digest: digestSet(lockDigest) }]),
      ],
    },
    runDetails: {
      builder: { id: builderId, version: { ...builderVersion } },
      metadata: only({ invocationId }),
      byproducts: [{ name: "filter.wasm", mediaType: "application/wasm", digest: digestSet(wasmDigest) }],
    },
  };
}

function digestSet(digest: string): Record<string, string> {
  const colon = digest.indexOf(":");
  return { [digest.slice(0, colon)]: digest.slice(colon + 1) };
}

function only(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
