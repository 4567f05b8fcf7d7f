import { digestProblem, matchesDigest } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { type Authenticator, createAuthenticator } from "./auth/authenticator.js";
import type { Access } from "./auth/scope.js";
import { secretsOf } from "./auth/token.js";
import { readBounded } from "./body.js";
import { httpError } from "./http-error.js";
import { type Credentials, type RemoteOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { originOf } from "./origin.js";
import { retrying } from "./retry.js";
import { type HttpRequest, type HttpResponse, openTransport, type Transport } from "./transport.js";

/**
 * Authenticated requests to one repository of one registry: what the operations in this folder are made of.
 * Authorization goes to the registry's own origin only, and only its own challenges are answered.
 */
export class Connection {
  readonly host: string;
  readonly repository: string;
  readonly options: ResolvedOptions;
  readonly origin: string;
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;
  #credentials: Promise<Credentials | undefined> | undefined;
  #used: Credentials | undefined;

  /**
   * Connects lazily.
   * @param access what tokens are asked for.
   * @throws MeshwasmError OPTION_INVALID.
   */
  constructor(host: string, repository: string, access: Access, options: RemoteOptions) {
    this.host = host;
    this.repository = repository;
    this.options = resolveOptions(host, options);
    this.#transport = openTransport(this.options);
    const { plainHttp } = this.options;
    this.origin = originOf(host, plainHttp);
    const credentials = () => this.#findCredentials();
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

  /** The URL of a path below the repository, e.g. `tags/list`. */
  url(path: string): URL {
    return new URL(`/v2/${this.repository}/${path}`, this.origin);
  }

  /** Sends a request, answering a challenge once. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    if (request.url.origin !== this.origin) return this.#transport.send(request);
    const sent = this.#authenticator.current();
    const response = await this.#transport.send(authorized(request, sent));
    if (response.status !== 401 || response.url.origin !== this.origin) return response;
    const answer = await this.#authenticator.answer(response.header("www-authenticate"), sent);
    if (answer === undefined) return response;
    await response.discard();
    return this.#transport.send(authorized(request, answer));
  }

  /** Runs work again while it fails with a passing error. */
  retrying<T>(work: () => Promise<T>): Promise<T> {
    return retrying(this.options, work);
  }

  /** The error that an unwanted answer means. */
  error(response: HttpResponse, subject: string): Promise<MeshwasmError> {
    const { host, origin } = response.url;
    // An answer from a redirect's target is not about this registry's credentials.
    const user = origin === this.origin ? { username: this.#used?.username } : {};
    return httpError(response, { host, subject, secrets: secretsOf(this.#used), ...user });
  }

  /** Reads a whole body of at most `maxBytes`. @throws MeshwasmError SIZE_LIMIT. */
  async read(response: HttpResponse, maxBytes: number, subject: string): Promise<Uint8Array> {
    const length = response.header("content-length");
    if (length !== undefined && Number(length) > maxBytes) {
      await response.discard();
      const message = `${subject} of ${this.host} has ${length} bytes; the limit is ${maxBytes}`;
      throw new MeshwasmError("SIZE_LIMIT", message);
    }
    return readBounded(response.body, maxBytes, `${subject} of ${this.host}`);
  }

  /** Checks bytes against a digest that the registry named; absent: nothing to check. @throws MeshwasmError DIGEST_MISMATCH. */
  checkDigest(bytes: Uint8Array, digest: string | undefined, subject: string): void {
    if (digest === undefined) return;
    if (digestProblem(digest) === undefined && matchesDigest(bytes, digest)) return;
    throw this.mismatch(digest, subject);
  }

  /** The error for content that is not what its digest says. */
  mismatch(digest: string, subject: string): MeshwasmError {
    return new MeshwasmError(
      "DIGEST_MISMATCH",
      `${subject} of ${this.host} is not what the digest ${digest} says`,
      { hint: "the registry, or something between, changed it: nothing of it was used" },
    );
  }

  // Looked up when the registry first asks, so that no helper program runs for an anonymous call.
  async #findCredentials(): Promise<Credentials | undefined> {
    this.#credentials ??= this.options.credentialsFor(this.host);
    this.#used = await this.#credentials;
    return this.#used;
  }
}

function authorized(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization } };
}
