import type { Descriptor } from "../descriptor.js";

/** A manifest as its store holds it. */
export interface FetchedManifest {
  bytes: Uint8Array;
  /** What the store says that it is, without parameters; absent when the store does not say. */
  mediaType?: string;
  /** Of the bytes; equal to the digest asked for, if one was. */
  digest: string;
}

/** The bytes of a blob: all at once, or a stream that can be opened again for another attempt. */
export type BlobContent = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** The first bytes of a blob, from an earlier attempt. Nobody vouches for them: they are checked with the rest. */
export interface KnownBytes {
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** How a blob is put. */
export interface PutBlobOptions {
  /** Another repository of the same registry that holds the blob. Absent: none is known. */
  mountFrom?: string | undefined;
}

/** How a manifest is put. */
export interface PutManifestOptions {
  /** True: an index names it, so that it needs no entry of its own. Absent: it stands alone. */
  isChild?: boolean | undefined;
}

/** What became of a manifest. */
export interface PutManifestResult {
  /** True: a referrer is found by its subject from now on. False: the store does not keep that list itself. */
  isSubjectIndexed: boolean;
}

/**
 * One place that holds artifacts: a repository of a registry, or an OCI image layout on disk. A `target` is a tag
 * or a digest. Every method verifies what it reads and throws nothing but MeshwasmError.
 */
export interface Store {
  /** The place for messages: `registry.example.com/filters/hello`, `oci:mirror`. */
  readonly place: string;
  /**
   * A manifest or index; the bytes are not parsed.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT over 4 MiB, DIGEST_MISMATCH.
   */
  getManifest(target: string): Promise<FetchedManifest>;
  /** The digest that a tag or digest names; undefined when it names nothing. */
  headManifest(target: string): Promise<string | undefined>;
  /** Puts a manifest under a tag or its digest. All that it refers to must be there already. */
  putManifest(
    target: string,
    mediaType: string,
    bytes: Uint8Array,
    options?: PutManifestOptions,
  ): Promise<PutManifestResult>;
  /**
   * Deletes a tag, or a manifest with all tags that name it. What it referred to stays until its place collects garbage.
   * @throws MeshwasmError NOT_FOUND, REGISTRY_ERROR where the registry does not delete.
   */
  deleteManifest(target: string): Promise<void>;
  /** True when the blob is there. */
  hasBlob(digest: string): Promise<boolean>;
  /**
   * Puts a blob unless it is there.
   * @returns the bytes transferred: its size, or 0.
   */
  putBlob(descriptor: Descriptor, content: BlobContent, options?: PutBlobOptions): Promise<number>;
  /**
   * A whole blob, checked against its descriptor.
   * @param maxBytes refused before anything is asked when the descriptor says more.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT, SIZE_MISMATCH, DIGEST_MISMATCH.
   */
  getBlob(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array>;
  /**
   * A blob piece by piece, checked on the way: what was read must not be used before the iteration has ended
   * without an error. A registry's is resumed after a cut.
   * @param known what is not asked for nor yielded again, though the digest is still that of the whole. Absent: nothing.
   */
  streamBlob(descriptor: Descriptor, known?: KnownBytes): AsyncIterable<Uint8Array>;
  /** All tags, in the store's own order. @throws MeshwasmError NOT_FOUND when there is no such repository. */
  listTags(): Promise<string[]>;
  /** What refers to a manifest, which itself may be unknown; empty when nothing does. */
  listReferrers(digest: string): Promise<Descriptor[]>;
  /** Frees connections. */
  close(): Promise<void>;
}
