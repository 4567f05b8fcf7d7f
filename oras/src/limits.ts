const MiB = 1024 * 1024;

/**
 * Bounds on everything that a remote side decides. They hold before anything is allocated.
 * Sizes are in bytes.
 */
export const limits = {
  /** A manifest or index; the registry side of the specification asks for at least this much. */
  manifestBytes: 4 * MiB,
  /** An image config. */
  configBytes: 4 * MiB,
  /** One layer as transferred (compressed). */
  layerBytes: 64 * MiB,
  /** One layer unpacked; also what a decompression bomb can reach before it is refused. */
  unpackedBytes: 64 * MiB,
  /** Layers in a manifest. */
  layers: 512,
  /** Files in a layer. */
  tarEntries: 1024,
  /** Companion files that travel as annotations of a manifest, all together. */
  fileAnnotationBytes: 256 * 1024,
  /** A credential file. */
  credentialFileBytes: MiB,
  /** An error body, or the answer of a token service. */
  smallBodyBytes: 256 * 1024,
  /** Manifests that an index names. */
  indexEntries: 10_000,
  /** Indexes in indexes, referrers of referrers. */
  depth: 16,
  /** Pages of a list. */
  pages: 1000,
  /** One page of a list. */
  pageBytes: 4 * MiB,
  /** Tags of a repository. */
  tags: 100_000,
  /** Signatures of one artifact, in each of their forms. */
  signatures: 256,
  /** A bundle, a signed payload, an envelope: an SBOM may be in it. */
  bundleBytes: 16 * MiB,
  /** A piece of an upload, however large a registry wants it. */
  uploadChunkBytes: 64 * MiB,
  /** Hops of one request. */
  redirects: 5,
} as const;
