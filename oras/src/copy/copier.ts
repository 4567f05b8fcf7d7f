import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { parseManifestOrIndexType } from "../manifest-type.js";
import { announce, type ProgressOption } from "../store/progress.js";
import { putReferrer } from "../store/referrers-index.js";
import { referrersTag } from "../store/referrers-tag.js";
import type { FetchedManifest, PutManifestOptions, Store } from "../store/store.js";
import { childrenOf } from "./children.js";

/** What was copied. */
export interface CopyCounts {
  /** Manifests and indexes written. */
  manifests: number;
  /** Blobs that were sent or mounted; those that were there do not count. */
  blobs: number;
  /** Bytes of blobs and manifests sent. */
  bytes: number;
  /** Referrers and cosign tags found at the source. */
  referrers: number;
}

/** How a {@link Copier} copies. */
export interface CopierOptions extends ProgressOption {
  /** Bytes of one blob. */
  maxBlobBytes: number;
  /** The source's repository when both are on one registry. Absent: nothing can be mounted. */
  mountFrom?: string | undefined;
}

// What cosign attached by tag alone before there were referrers.
const cosignSuffixes = ["sig", "att", "sbom"] as const;

/** Copies manifests with all that they are made of from one store to another; what is there is skipped. */
export class Copier {
  readonly counts: CopyCounts;
  readonly source: Store;
  readonly target: Store;
  readonly #options: CopierOptions;
  readonly #visited = new Set<string>();
  readonly #written: Set<string>;
  readonly #sending: Map<string, Promise<void>>;

  /** @param among another one between the same places, whose counts are shared. Absent: it is alone. */
  constructor(source: Store, target: Store, options: CopierOptions, among?: Copier) {
    this.source = source;
    this.target = target;
    this.#options = options;
    this.counts = among?.counts ?? { manifests: 0, blobs: 0, bytes: 0, referrers: 0 };
    this.#written = among ? among.#written : new Set();
    this.#sending = among ? among.#sending : new Map();
  }

  /** One for another artifact between the same places, at the same time. */
  another(): Copier {
    return new Copier(this.source, this.target, this.#options, this);
  }

  /** Copies a manifest under a tag or its digest, children first, so that nothing incomplete is ever named. */
  async copy(
    manifest: FetchedManifest,
    name: string,
    options: PutManifestOptions = {},
    depth = 0,
  ): Promise<void> {
    if ((await this.target.headManifest(name)) === manifest.digest) return;
    const mediaType = parseManifestOrIndexType(manifest.bytes, manifest.mediaType);
    if ((await this.target.headManifest(manifest.digest)) === undefined) {
      await this.#copyChildren(manifest, mediaType, depth);
    }
    await this.target.putManifest(name, mediaType, manifest.bytes, options);
    this.#count(manifest);
  }

  /** Copies all that refers to a manifest, and what refers to that: referrers, and tags by cosign's schema. */
  async copyReferrers(manifest: FetchedManifest, depth = 0): Promise<void> {
    checkDepth(depth);
    const { digest } = manifest;
    if (this.#visited.has(digest)) return;
    this.#visited.add(digest);
    if (this.#visited.size > limits.indexEntries) {
      throw new MeshwasmError(
        "SIZE_LIMIT",
        `more than ${limits.indexEntries} manifests belong to one artifact`,
      );
    }
    const found = await this.source.listReferrers(digest);
    const known = found.length === 0 ? [] : await this.target.listReferrers(digest);
    for (const { digest: own } of found) {
      const referrer = await this.source.getManifest(own);
      if (!known.some((each) => each.digest === own)) await this.#copyReferrer(referrer, depth);
      this.counts.referrers++;
      await this.copyReferrers(referrer, depth + 1);
    }
    for (const suffix of cosignSuffixes) await this.#copyTag(`${referrersTag(digest)}.${suffix}`, depth);
    const mediaType = parseManifestOrIndexType(manifest.bytes, manifest.mediaType);
    for (const child of childrenOf(manifest.bytes, mediaType).manifests) {
      await this.copyReferrers(await this.source.getManifest(child.digest), depth + 1);
    }
  }

  async #copyReferrer(referrer: FetchedManifest, depth: number): Promise<void> {
    const mediaType = parseManifestOrIndexType(referrer.bytes, referrer.mediaType);
    await this.#copyChildren(referrer, mediaType, depth);
    await putReferrer(this.target, mediaType, referrer.bytes, referrer.digest);
    this.#count(referrer);
  }

  async #copyTag(tag: string, depth: number): Promise<void> {
    if ((await this.source.headManifest(tag)) === undefined) return;
    this.counts.referrers++;
    await this.copy(await this.source.getManifest(tag), tag, {}, depth);
  }

  async #copyChildren({ bytes }: FetchedManifest, mediaType: string, depth: number): Promise<void> {
    checkDepth(depth);
    const { blobs, manifests } = childrenOf(bytes, mediaType);
    announce(blobs, this.#options);
    for (const blob of blobs) await this.#copyBlob(blob);
    for (const { digest } of manifests) {
      const child = await this.source.getManifest(digest);
      await this.copy(child, digest, { isChild: true }, depth + 1);
    }
  }

  async #copyBlob(blob: Descriptor): Promise<void> {
    const { digest, size } = blob;
    const { maxBlobBytes, mountFrom } = this.#options;
    if (size > maxBlobBytes) {
      const message = `blob ${digest} of ${this.source.place} has ${size} bytes; the limit is ${maxBlobBytes}`;
      throw new MeshwasmError("SIZE_LIMIT", message, {
        hint: "raise maxLayerBytes if this artifact is trusted",
      });
    }
    // Of several artifacts at once, the first that has it sends it.
    const sending = this.#sending.get(digest) ?? this.#sendBlob(blob, mountFrom);
    this.#sending.set(digest, sending);
    await sending.finally(() => this.#sending.delete(digest));
  }

  async #sendBlob(blob: Descriptor, mountFrom: string | undefined): Promise<void> {
    const { digest, size } = blob;
    if (await this.target.hasBlob(digest)) {
      this.#options.onProgress?.({ digest, size, done: size });
      return;
    }
    const content = () => this.source.streamBlob(blob);
    const sent = await this.target.putBlob(blob, content, { mountFrom });
    this.counts.bytes += sent;
    this.counts.blobs++;
  }

  // One that goes by digest first and by tag afterwards is one manifest.
  #count({ bytes, digest }: FetchedManifest): void {
    this.#written.add(digest);
    this.counts.manifests = this.#written.size;
    this.counts.bytes += bytes.length;
  }
}

function checkDepth(depth: number): void {
  if (depth <= limits.depth) return;
  throw new MeshwasmError("SIZE_LIMIT", `indexes or referrers are nested more than ${limits.depth} deep`);
}
