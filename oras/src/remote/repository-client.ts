import type { Blob, Descriptor } from "../descriptor.js";
import { digestOf, digestProblem, matchesDigest } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { mediaTypes } from "../media-types.js";
import { type Authenticator, createAuthenticator } from "./auth/authenticator.js";
import type { Access } from "./auth/scope.js";
import { readBounded, verified } from "./body.js";
import { httpError } from "./http-error.js";
import { type RemoteOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { retrying } from "./retry.js";
import {
  type HttpRequest,
  type HttpResponse,
  openTransport,
  resolveLocation,
  type Transport,
} from "./transport.js";

/** A manifest as the registry holds it. */
export interface FetchedManifest {
  bytes: Uint8Array;
  /** The served content type without parameters; absent when the registry named none. */
  mediaType?: string;
  /** Of the bytes; equal to the digest asked for, if one was. */
  digest: string;
}

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
export class RepositoryClient {
  readonly #host: string;
  readonly #repository: string;
  readonly #options: ResolvedOptions;
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;
  readonly #origin: string;

  /**
   * Connects lazily; {@link close} it after use.
   * @param access what tokens are asked for.
   * @throws MeshwasmError OPTION_INVALID.
   */
  constructor(host: string, repository: string, access: Access, options: RemoteOptions = {}) {
    this.#host = host;
    this.#repository = repository;
    this.#options = resolveOptions(host, options);
    this.#transport = openTransport(this.#options);
    const { plainHttp, credentials } = this.#options;
    this.#origin = new URL(`${plainHttp ? "http" : "https"}://${host}`).origin;
    this.#authenticator = createAuthenticator(this.#transport, {
      host,
      repository,
      access,
      plainHttp,
      credentials,
    });
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /**
   * Asks for a manifest by tag or digest. The bytes are not parsed.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT over 4 MiB, DIGEST_MISMATCH.
   */
  getManifest(target: string): Promise<FetchedManifest> {
    return this.#retrying(async () => {
      const subject = this.#manifestName(target);
      const headers = { accept: acceptManifests };
      const response = await this.#send({ method: "GET", url: this.#url(`manifests/${target}`), headers });
      if (response.status !== 200) throw await this.#error(response, subject);
      await this.#checkLength(response, limits.manifestBytes, subject);
      const bytes = await readBounded(response.body, limits.manifestBytes, `${subject} of ${this.#host}`);
      this.#checkDigest(bytes, target.includes(":") ? target : undefined, subject);
      this.#checkDigest(bytes, response.header("docker-content-digest"), subject);
      const mediaType = response.header("content-type")?.split(";")[0]?.trim();
      const digest = target.includes(":") ? target : digestOf(bytes);
      return { bytes, digest, ...(mediaType ? { mediaType } : {}) };
    });
  }

  /** The digest that a tag or digest names; undefined when it does not exist or the registry does not say. */
  headManifest(target: string): Promise<string | undefined> {
    return this.#retrying(async () => {
      const headers = { accept: acceptManifests };
      const response = await this.#send({ method: "HEAD", url: this.#url(`manifests/${target}`), headers });
      await response.discard();
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw await this.#error(response, this.#manifestName(target));
      const digest = response.header("docker-content-digest");
      return digest !== undefined && digestProblem(digest) === undefined ? digest : undefined;
    });
  }

  /**
   * Puts a manifest under a tag or its digest. Everything that it refers to must be there already.
   * @throws MeshwasmError DIGEST_MISMATCH when the registry says that it stored something else.
   */
  putManifest(target: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    return this.#retrying(async () => {
      const subject = this.#manifestName(target);
      const headers = { "content-type": mediaType };
      const url = this.#url(`manifests/${target}`);
      const response = await this.#send({ method: "PUT", url, headers, body: bytes });
      if (response.status !== 201) throw await this.#error(response, subject);
      await response.discard();
      this.#checkDigest(bytes, response.header("docker-content-digest"), subject);
    });
  }

  /** True when the repository holds the blob. */
  hasBlob(digest: string): Promise<boolean> {
    return this.#retrying(() => this.#hasBlob(digest));
  }

  /**
   * Uploads a blob in one piece, unless the repository holds it already.
   * @returns the bytes uploaded: its size, or 0.
   */
  putBlob(blob: Blob): Promise<number> {
    const { digest, size } = blob.descriptor;
    // The whole sequence is one unit of retry: an upload whose connection broke cannot be known to have failed.
    return this.#retrying(async () => {
      if (await this.#hasBlob(digest)) return 0;
      const subject = this.#blobName(digest);
      const started = await this.#send({ method: "POST", url: this.#url("blobs/uploads/"), headers: {} });
      if (started.status !== 202) throw await this.#error(started, subject);
      await started.discard();
      const location = started.header("location");
      if (location === undefined) {
        throw new MeshwasmError(
          "REGISTRY_ERROR",
          `registry ${this.#host} names no place to upload ${subject} to`,
        );
      }
      const url = withDigest(resolveLocation(location, started.url), digest);
      const headers = { "content-type": "application/octet-stream" };
      const done = await this.#send({ method: "PUT", url, headers, body: blob.bytes });
      if (done.status !== 201) throw await this.#error(done, subject);
      await done.discard();
      this.#checkDigest(blob.bytes, done.header("docker-content-digest"), subject);
      return size;
    });
  }

  /**
   * Fetches a whole blob, checked against its descriptor while it arrives.
   * @param maxBytes refused before anything is asked when the descriptor says more.
   * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT, SIZE_MISMATCH, DIGEST_MISMATCH.
   */
  getBlob(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
    const { digest, size } = descriptor;
    if (size > maxBytes) {
      const message = `${this.#blobName(digest)} of ${this.#host} has ${size} bytes; the limit is ${maxBytes}`;
      return Promise.reject(new MeshwasmError("SIZE_LIMIT", message));
    }
    return this.#retrying(async () => {
      const bytes = new Uint8Array(size);
      let offset = 0;
      for await (const chunk of this.#streamBlob(descriptor)) {
        bytes.set(chunk, offset);
        offset += chunk.length;
      }
      return bytes;
    });
  }

  async *#streamBlob(descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const { digest, size } = descriptor;
    const response = await this.#send({ method: "GET", url: this.#url(`blobs/${digest}`), headers: {} });
    if (response.status !== 200) throw await this.#error(response, this.#blobName(digest));
    const length = response.header("content-length");
    if (length !== undefined && Number(length) !== size) {
      await response.discard();
      const message = `${this.#blobName(digest)} of ${this.#host} has ${length} bytes, its descriptor says ${size}`;
      throw new MeshwasmError("SIZE_MISMATCH", message);
    }
    yield* verified(response.body, descriptor, this.#host);
  }

  async #hasBlob(digest: string): Promise<boolean> {
    const response = await this.#send({ method: "HEAD", url: this.#url(`blobs/${digest}`), headers: {} });
    await response.discard();
    if (response.status === 200) return true;
    if (response.status === 404) return false;
    throw await this.#error(response, this.#blobName(digest));
  }

  // Authorization goes to the registry's own origin only, and only its own challenges are answered.
  async #send(request: HttpRequest): Promise<HttpResponse> {
    if (request.url.origin !== this.#origin) return this.#transport.send(request);
    const response = await this.#transport.send(authorized(request, this.#authenticator.current()));
    if (response.status !== 401 || response.url.origin !== this.#origin) return response;
    const answer = await this.#authenticator.answer(response.header("www-authenticate"));
    if (answer === undefined) return response;
    await response.discard();
    return this.#transport.send(authorized(request, answer));
  }

  #retrying<T>(work: () => Promise<T>): Promise<T> {
    return retrying(this.#options, work);
  }

  #error(response: HttpResponse, subject: string): Promise<MeshwasmError> {
    const { credentials } = this.#options;
    const { host, origin } = response.url;
    // An answer from a redirect's target is not about this registry's credentials.
    const user = origin === this.#origin ? { username: credentials?.username } : {};
    return httpError(response, { host, subject, secret: credentials?.password, ...user });
  }

  async #checkLength(response: HttpResponse, maxBytes: number, subject: string): Promise<void> {
    const length = response.header("content-length");
    if (length === undefined || Number(length) <= maxBytes) return;
    await response.discard();
    const message = `${subject} of ${this.#host} has ${length} bytes; the limit is ${maxBytes}`;
    throw new MeshwasmError("SIZE_LIMIT", message);
  }

  #checkDigest(bytes: Uint8Array, digest: string | undefined, subject: string): void {
    if (digest === undefined) return;
    if (digestProblem(digest) === undefined && matchesDigest(bytes, digest)) return;
    throw new MeshwasmError(
      "DIGEST_MISMATCH",
      `${subject} of ${this.#host} is not what the digest ${digest} says`,
      {
        hint: "the registry, or something between, changed it: nothing of it was used",
      },
    );
  }

  #url(path: string): URL {
    return new URL(`/v2/${this.#repository}/${path}`, this.#origin);
  }

  #manifestName(target: string): string {
    return `manifest ${this.#repository}${target.includes(":") ? "@" : ":"}${target}`;
  }

  #blobName(digest: string): string {
    return `blob ${this.#repository}@${digest}`;
  }
}

function authorized(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization } };
}

// The upload URL is opaque: its query is extended as text, since parsing and writing it again could change it.
function withDigest(url: URL, digest: string): URL {
  const target = new URL(url);
  const parameter = `digest=${encodeURIComponent(digest)}`;
  target.search = target.search === "" ? parameter : `${target.search}&${parameter}`;
  return target;
}
