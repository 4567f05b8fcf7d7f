import type { Descriptor } from "../descriptor.js";
import { digestOf, digestProblem } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { mediaTypes } from "../media-types.js";
import type {
  BlobContent,
  FetchedManifest,
  KnownBytes,
  PutBlobOptions,
  PutManifestResult,
  Store,
} from "../store/store.js";
import type { Access } from "./auth/scope.js";
import { verified } from "./body.js";
import { Connection } from "./connection.js";
import { downloadBlob } from "./download.js";
import type { RemoteOptions } from "./options.js";
import { listReferrers } from "./referrers.js";
import { listTags } from "./tags.js";
import { uploadBlob } from "./upload.js";

const acceptManifests = [
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerIndex,
].join(", ");

/**
 * One repository of one registry over the OCI distribution protocol, version 1.1. Every method retries passing
 * failures, verifies digests, and throws nothing but MeshwasmError (see the table in the README).
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md.
 */
export class RepositoryClient implements Store {
  readonly place: string;
  readonly #connection: Connection;

  /**
   * Connects lazily; {@link close} it after use.
   * @param access what tokens are asked for.
   * @throws MeshwasmError OPTION_INVALID.
   */
  constructor(host: string, repository: string, access: Access, options: RemoteOptions = {}) {
    this.place = `${host}/${repository}`;
    this.#connection = new Connection(host, repository, access, options);
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  /**
   * Asks for a manifest by tag or digest. The bytes are not parsed.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT over 4 MiB, DIGEST_MISMATCH.
   */
  getManifest(target: string): Promise<FetchedManifest> {
    return this.#connection.retrying(async () => {
      const subject = this.#manifestName(target);
      const response = await this.#manifestRequest("GET", target);
      if (response.status !== 200) throw await this.#connection.error(response, subject);
      const bytes = await this.#connection.read(response, limits.manifestBytes, subject);
      this.#connection.checkDigest(bytes, target.includes(":") ? target : undefined, subject);
      this.#connection.checkDigest(bytes, response.header("docker-content-digest"), subject);
      const mediaType = response.header("content-type")?.split(";")[0]?.trim();
      const digest = target.includes(":") ? target : digestOf(bytes);
      return { bytes, digest, ...(mediaType ? { mediaType } : {}) };
    });
  }

  /** The digest that a tag or digest names; undefined when it names nothing. */
  headManifest(target: string): Promise<string | undefined> {
    return this.#connection.retrying(async () => {
      const response = await this.#manifestRequest("HEAD", target);
      await response.discard();
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw await this.#connection.error(response, this.#manifestName(target));
      const digest = response.header("docker-content-digest");
      if (digest !== undefined && digestProblem(digest) === undefined) return digest;
      // A registry need not name the digest; then only the content tells it.
      return (await this.getManifest(target)).digest;
    });
  }

  /**
   * Puts a manifest under a tag or its digest. Everything that it refers to must be there already.
   * @throws MeshwasmError DIGEST_MISMATCH when the registry says that it stored something else.
   */
  putManifest(target: string, mediaType: string, bytes: Uint8Array): Promise<PutManifestResult> {
    return this.#connection.retrying(async () => {
      const subject = this.#manifestName(target);
      const headers = { "content-type": mediaType };
      const url = this.#connection.url(`manifests/${target}`);
      const response = await this.#connection.send({ method: "PUT", url, headers, body: bytes });
      if (response.status !== 201) throw await this.#connection.error(response, subject);
      await response.discard();
      this.#connection.checkDigest(bytes, response.header("docker-content-digest"), subject);
      // https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
      return { isSubjectIndexed: response.header("oci-subject") !== undefined };
    });
  }

  /**
   * Deletes a tag, or a manifest with all tags that name it.
   * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management.
   * @throws MeshwasmError NOT_FOUND; REGISTRY_ERROR where the registry does not delete, or not by tag.
   */
  deleteManifest(target: string): Promise<void> {
    return this.#connection.retrying(async () => {
      const url = this.#connection.url(`manifests/${target}`);
      const response = await this.#connection.send({ method: "DELETE", url, headers: {} });
      if ([200, 202, 204].includes(response.status)) return response.discard();
      const error = await this.#connection.error(response, this.#manifestName(target));
      if (response.status !== 405 && response.status !== 400) throw error;
      const what = target.includes(":") ? "manifests" : "tags";
      throw new MeshwasmError("REGISTRY_ERROR", error.message, {
        cause: error,
        hint: `this registry may not delete ${what}, or has that switched off: ask who runs it`,
      });
    });
  }

  /** True when the repository holds the blob. */
  hasBlob(digest: string): Promise<boolean> {
    return this.#connection.retrying(() => this.#hasBlob(digest));
  }

  /**
   * Uploads a blob, a big one in pieces, unless the repository holds it already or can mount it.
   * @returns the bytes uploaded: its size, or 0.
   */
  putBlob(descriptor: Descriptor, content: BlobContent, options: PutBlobOptions = {}): Promise<number> {
    // The whole sequence is one unit of retry: an upload whose connection broke cannot be known to have failed.
    return this.#connection.retrying(async () => {
      if (await this.#hasBlob(descriptor.digest)) return 0;
      return uploadBlob(this.#connection, descriptor, content, options);
    });
  }

  /**
   * Fetches a whole blob, checked against its descriptor while it arrives.
   * @param maxBytes refused before anything is asked when the descriptor says more.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT, SIZE_MISMATCH, DIGEST_MISMATCH.
   */
  async getBlob(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
    const { digest, size } = descriptor;
    if (size > maxBytes) {
      const name = `${this.#blobName(digest)} of ${this.#connection.host}`;
      throw new MeshwasmError("SIZE_LIMIT", `${name} has ${size} bytes; the limit is ${maxBytes}`);
    }
    const bytes = new Uint8Array(size);
    let offset = 0;
    for await (const chunk of this.streamBlob(descriptor)) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  /** Streams a blob, checked against its descriptor while it arrives; after a cut it goes on where it was. */
  streamBlob(descriptor: Descriptor, known?: KnownBytes): AsyncGenerator<Uint8Array, void, undefined> {
    const rest = downloadBlob(this.#connection, descriptor, known?.size);
    return verified(rest, descriptor, this.#connection.host, known);
  }

  /** All tags in the registry's order. @throws MeshwasmError NOT_FOUND, SIZE_LIMIT, REGISTRY_ERROR. */
  listTags(): Promise<string[]> {
    return listTags(this.#connection);
  }

  /** What refers to a manifest, by the referrers API or else by the tag that stands in for it. */
  listReferrers(digest: string): Promise<Descriptor[]> {
    return listReferrers(this.#connection, this, digest);
  }

  #manifestRequest(method: "GET" | "HEAD", target: string) {
    const url = this.#connection.url(`manifests/${target}`);
    return this.#connection.send({ method, url, headers: { accept: acceptManifests } });
  }

  async #hasBlob(digest: string): Promise<boolean> {
    const url = this.#connection.url(`blobs/${digest}`);
    const response = await this.#connection.send({ method: "HEAD", url, headers: {} });
    await response.discard();
    if (response.status === 200) return true;
    if (response.status === 404) return false;
    throw await this.#connection.error(response, this.#blobName(digest));
  }

  #manifestName(target: string): string {
    return `manifest ${this.#connection.repository}${target.includes(":") ? "@" : ":"}${target}`;
  }

  #blobName(digest: string): string {
    return `blob ${this.#connection.repository}@${digest}`;
  }
}
