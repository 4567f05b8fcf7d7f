import type { Descriptor } from "../descriptor.js";
import { digestOf, matchesDigest } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { parseIndex } from "../image-index.js";
import { limits } from "../limits.js";
import { tagProblem } from "../reference-grammar.js";
import type { Access } from "../remote/auth/scope.js";
import { type RetryPolicy, retrying } from "../remote/retry.js";
import { describeReferrer, type Referrer } from "../store/referrer-descriptor.js";
import { referrersTag } from "../store/referrers-tag.js";
import { skipBytes } from "../store/skip-bytes.js";
import type {
  BlobContent,
  FetchedManifest,
  KnownBytes,
  PutManifestOptions,
  PutManifestResult,
  Store,
} from "../store/store.js";
import { blobSize, readBlobFile, removeBlobFile, streamBlobFile, writeBlobFile } from "./blob-files.js";
import { changeIndexFile, type IndexEntry, readIndexFile, refName, tagOf } from "./index-file.js";
import { isLayout, makeLayout } from "./layout-folder.js";

/** How a layout is opened. */
export interface LayoutOptions extends RetryPolicy {
  /** `pull,push` makes the layout where there is none. */
  access: Access;
  /** True: `latest` means the only artifact there is, when none has that tag. */
  isSoleLatest: boolean;
}

/**
 * An OCI image layout: a folder that holds artifacts as a repository does, for mirrors without a network. Blobs are
 * files by digest, written under another name and renamed once checked; `index.json` is changed under a lock.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md.
 */
export class LayoutStore implements Store {
  readonly place: string;
  readonly #folder: string;
  readonly #options: LayoutOptions;
  readonly #referrers = new Map<string, Referrer>();
  #isMade = false;

  /** Nothing is read or made before it is needed. */
  constructor(folder: string, options: LayoutOptions) {
    this.place = `oci:${folder}`;
    this.#folder = folder;
    this.#options = options;
  }

  /** There is nothing to free. */
  async close(): Promise<void> {}

  /** A manifest by tag, or by digest whether the index names it or not. */
  async getManifest(target: string): Promise<FetchedManifest> {
    const entry = await this.#find(target);
    const digest = entry?.descriptor.digest ?? (target.includes(":") ? target : undefined);
    if (digest === undefined) {
      const message = `${this.place} has no manifest ${target}`;
      throw new MeshwasmError("NOT_FOUND", message, { hint: "list its tags" });
    }
    const bytes = await readBlobFile(this.#folder, digest, limits.manifestBytes);
    if (!matchesDigest(bytes, digest)) {
      throw new MeshwasmError("DIGEST_MISMATCH", `manifest ${digest} in ${this.place} has other content`);
    }
    return { bytes, digest, ...(entry ? { mediaType: entry.descriptor.mediaType } : {}) };
  }

  /** The digest behind a tag, or the digest itself when the index names it. */
  async headManifest(target: string): Promise<string | undefined> {
    return (await this.#find(target))?.descriptor.digest;
  }

  /** Puts a manifest as a blob, and into the index unless it is the child of one. */
  async putManifest(
    target: string,
    mediaType: string,
    bytes: Uint8Array,
    options: PutManifestOptions = {},
  ): Promise<PutManifestResult> {
    const isDigest = target.includes(":");
    const descriptor = { mediaType, digest: isDigest ? target : digestOf(bytes), size: bytes.length };
    await this.putBlob(descriptor, bytes);
    if (!options.isChild) {
      const { artifactType } = describeReferrer(descriptor, bytes).descriptor;
      const described = { ...descriptor, ...(artifactType === undefined ? {} : { artifactType }) };
      await changeIndexFile(this.#folder, (entries) =>
        isDigest ? withUntagged(entries, described) : withTag(entries, described, target),
      );
    }
    return { isSubjectIndexed: true };
  }

  /** Takes a tag out of the index, or a manifest with all its tags and its file; blobs stay, others may refer to them. */
  async deleteManifest(target: string): Promise<void> {
    const isMeant = (entry: IndexEntry) =>
      target.includes(":") ? entry.descriptor.digest === target : tagOf(entry) === target;
    let isFound = false;
    await this.#entries();
    await changeIndexFile(this.#folder, (entries) => {
      const left = entries.filter((entry) => !isMeant(entry));
      isFound = left.length < entries.length;
      return isFound ? left : undefined;
    });
    if (!isFound) throw new MeshwasmError("NOT_FOUND", `${this.place} has no manifest ${target}`);
    if (target.includes(":")) await removeBlobFile(this.#folder, target);
  }

  /** True when the blob's file is there. */
  async hasBlob(digest: string): Promise<boolean> {
    return (await blobSize(this.#folder, digest)) !== undefined;
  }

  /** Writes a blob unless a file of its size is there. @returns the bytes written. */
  async putBlob(descriptor: Descriptor, content: BlobContent): Promise<number> {
    await this.#make();
    if ((await blobSize(this.#folder, descriptor.digest)) === descriptor.size) return 0;
    await retrying(this.#options, () => writeBlobFile(this.#folder, descriptor, content));
    return descriptor.size;
  }

  /** A whole blob, checked. */
  async getBlob(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
    const { digest, size } = descriptor;
    if (size > maxBytes) {
      const message = `blob ${digest} in ${this.place} has ${size} bytes; the limit is ${maxBytes}`;
      throw new MeshwasmError("SIZE_LIMIT", message);
    }
    const bytes = new Uint8Array(size);
    let offset = 0;
    for await (const chunk of this.streamBlob(descriptor)) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  /** A blob piece by piece, checked on the way. */
  async *streamBlob(descriptor: Descriptor, known?: KnownBytes): AsyncGenerator<Uint8Array, void, undefined> {
    // All of it is read: it is near.
    yield* skipBytes(streamBlobFile(this.#folder, descriptor), known?.size ?? 0);
  }

  /** The tags in the order of the index; names that are no tags are left out. */
  async listTags(): Promise<string[]> {
    const tags = (await this.#entries()).map(tagOf);
    return tags.filter((tag): tag is string => tag !== undefined && tagProblem(tag) === undefined);
  }

  /** All manifests of the index whose subject is that digest, and what the referrers tag lists, if it is there. */
  async listReferrers(digest: string): Promise<Descriptor[]> {
    const found = new Map<string, Descriptor>();
    for (const { descriptor } of await this.#entries()) {
      const referrer = await this.#describe(descriptor);
      if (referrer?.subject === digest) found.set(descriptor.digest, referrer.descriptor);
    }
    const tag = referrersTag(digest);
    if (await this.#find(tag)) {
      for (const each of parseIndex((await this.getManifest(tag)).bytes, `the index ${tag}`)) {
        if (!found.has(each.digest)) found.set(each.digest, each);
      }
    }
    return [...found.values()];
  }

  // An entry whose manifest was removed by other tools refers to nothing.
  async #describe(descriptor: Descriptor): Promise<Referrer | undefined> {
    const known = this.#referrers.get(descriptor.digest);
    if (known) return known;
    if (!(await this.hasBlob(descriptor.digest))) return undefined;
    const { bytes } = await this.getManifest(descriptor.digest);
    const referrer = describeReferrer(descriptor, bytes);
    this.#referrers.set(descriptor.digest, referrer);
    return referrer;
  }

  async #find(target: string): Promise<IndexEntry | undefined> {
    const entries = await this.#entries();
    if (target.includes(":")) return entries.find(({ descriptor }) => descriptor.digest === target);
    const tagged = entries.find((entry) => tagOf(entry) === target);
    if (tagged || target !== "latest" || !this.#options.isSoleLatest) return tagged;
    return entries.length === 1 ? entries[0] : undefined;
  }

  async #entries(): Promise<readonly IndexEntry[]> {
    if (this.#options.signal?.aborted)
      throw new MeshwasmError("ABORTED", `the use of ${this.place} was aborted`);
    if (!this.#isMade && !(await isLayout(this.#folder))) {
      if (this.#options.access === "pull,push") return [];
      throw new MeshwasmError("LAYOUT_INVALID", `there is no OCI image layout in ${this.#folder}`, {
        hint: "check the folder's name; a push or copy to it makes one",
      });
    }
    return readIndexFile(this.#folder);
  }

  async #make(): Promise<void> {
    if (this.#isMade) return;
    await makeLayout(this.#folder);
    this.#isMade = true;
  }
}

function withUntagged(entries: readonly IndexEntry[], descriptor: Descriptor): IndexEntry[] | undefined {
  if (entries.some((entry) => entry.descriptor.digest === descriptor.digest)) return undefined;
  return [...entries, { descriptor, raw: descriptor }];
}

// What loses its only tag leaves the index, as crane and skopeo do it; an entry without a tag gets this one.
function withTag(entries: readonly IndexEntry[], descriptor: Descriptor, tag: string): IndexEntry[] {
  const others = entries.filter(
    (entry) =>
      tagOf(entry) !== tag && !(entry.descriptor.digest === descriptor.digest && tagOf(entry) === undefined),
  );
  const tagged = { ...descriptor, annotations: { [refName]: tag } };
  return [...others, { descriptor: tagged, raw: tagged }];
}
