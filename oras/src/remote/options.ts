import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { createSecureContext, rootCertificates } from "node:tls";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { RetryPolicy } from "./retry.js";

/** A user and password, a user and access token, or an identity token. */
export interface Credentials {
  username: string;
  /** Empty where there is an identity token only. */
  password: string;
  /**
   * What `docker login` got in exchange for a password: the token service takes it as an OAuth2 refresh token.
   * Absent: none. It wins over the password where the registry asks for a bearer token.
   */
  identityToken?: string | undefined;
}

/** Finds the credentials for a host as it is written in references; undefined: anonymous. */
export type CredentialSource = (host: string) => Promise<Credentials | undefined>;

/** How a registry is reached. Every member may be absent. */
export interface RemoteOptions {
  /** Absent: anonymous. Sent only to the registry, or to the token service that it names. */
  credentials?: Credentials | undefined;
  /** Asked once a registry wants credentials, when `credentials` is absent. Absent: anonymous. */
  credentialsFor?: CredentialSource | undefined;
  /** True: HTTP without TLS. Absent: only for loopback hosts (127.0.0.0/8, `localhost`, `[::1]`). */
  plainHttp?: boolean | undefined;
  /** True: TLS without verifying the certificate. Absent: verified. */
  insecure?: boolean | undefined;
  /** PEM file of further certificate authorities, beside Node's own. Absent: none. */
  caFile?: string | undefined;
  /** PEM files of a client certificate and its key, for registries that ask for one. Absent: none; both or neither. */
  clientCertificate?: { certFile: string; keyFile: string } | undefined;
  /** Milliseconds to establish a connection. Absent: 10,000. */
  connectTimeoutMs?: number | undefined;
  /** Milliseconds without a byte from the registry. Absent: 30,000. */
  idleTimeoutMs?: number | undefined;
  /** Further attempts after a broken connection, 429, 502, 503 or 504. Absent: 3; 0: none. */
  retries?: number | undefined;
  /** Milliseconds before the first retry, doubled for each further one. Absent: 200. */
  retryDelayMs?: number | undefined;
  /** Bytes of a layer as transferred. Absent: 64 MiB. */
  maxLayerBytes?: number | undefined;
  /** Bytes of a layer unpacked. Absent: 64 MiB. */
  maxUnpackedBytes?: number | undefined;
  /** A larger blob is uploaded in pieces of so many bytes, and goes on after a cut. Absent: 8 MiB; 0: never. */
  uploadChunkBytes?: number | undefined;
  /** Ends the call with code ABORTED. Absent: it runs to its end. */
  signal?: AbortSignal | undefined;
}

/** How much is accepted, in bytes. */
export interface SizeOptions {
  maxLayerBytes: number;
  maxUnpackedBytes: number;
}

/** {@link RemoteOptions} with every default filled in. */
export interface ResolvedOptions extends SizeOptions, RetryPolicy {
  credentialsFor: CredentialSource;
  plainHttp: boolean;
  insecure: boolean;
  ca: string[] | undefined;
  /** PEM texts; empty: none. */
  clientCertificate: { cert: string; key: string } | Record<string, never>;
  connectTimeoutMs: number;
  idleTimeoutMs: number;
  uploadChunkBytes: number;
}

/**
 * Checks options and fills in defaults for one host.
 * @throws MeshwasmError OPTION_INVALID for a number that is negative or no number, or an unusable CA file.
 */
export function resolveOptions(host: string, options: RemoteOptions): ResolvedOptions {
  return {
    credentialsFor: async (name) => options.credentials ?? options.credentialsFor?.(name),
    plainHttp: options.plainHttp ?? isLoopback(host),
    insecure: options.insecure ?? false,
    ca:
      options.caFile === undefined
        ? undefined
        : [...rootCertificates, readPem(options.caFile, "CA file", "CERTIFICATE")],
    clientCertificate: options.clientCertificate ? readClientCertificate(options.clientCertificate) : {},
    connectTimeoutMs: atLeast(1, options.connectTimeoutMs, 10_000, "connectTimeoutMs"),
    idleTimeoutMs: atLeast(1, options.idleTimeoutMs, 30_000, "idleTimeoutMs"),
    uploadChunkBytes: Math.floor(atLeast(0, options.uploadChunkBytes, 8 * 1024 * 1024, "uploadChunkBytes")),
    ...resolveRetries(options),
    ...resolveSizes(options),
  };
}

/** How often passing failures are tried again. @throws MeshwasmError OPTION_INVALID. */
export function resolveRetries(options: RemoteOptions): RetryPolicy {
  return {
    retries: atLeast(0, options.retries, 3, "retries"),
    retryDelayMs: atLeast(0, options.retryDelayMs, 200, "retryDelayMs"),
    signal: options.signal,
  };
}

/**
 * The part of the options that holds for every place, a folder included.
 * @throws MeshwasmError OPTION_INVALID.
 */
export function resolveSizes(options: RemoteOptions): SizeOptions {
  return {
    maxLayerBytes: atLeast(1, options.maxLayerBytes, limits.layerBytes, "maxLayerBytes"),
    maxUnpackedBytes: atLeast(1, options.maxUnpackedBytes, limits.unpackedBytes, "maxUnpackedBytes"),
  };
}

/** True for a host, with or without a port, whose traffic never leaves this machine. */
export function isLoopback(host: string): boolean {
  const name = host.startsWith("[") ? host.slice(0, host.indexOf("]") + 1) : host.replace(/:[0-9]*$/, "");
  return name.toLowerCase() === "localhost" || name === "[::1]" || (isIPv4(name) && name.startsWith("127."));
}

function atLeast(minimum: number, given: number | undefined, absent: number, name: string): number {
  const value = given ?? absent;
  if (!Number.isFinite(value) || value < minimum) {
    throw new MeshwasmError(
      "OPTION_INVALID",
      `option ${name} is ${value}; it must be a number from ${minimum} up`,
    );
  }
  return value;
}

function readClientCertificate(files: { certFile: string; keyFile: string }): { cert: string; key: string } {
  const cert = readPem(files.certFile, "client certificate", "CERTIFICATE");
  const key = readPem(files.keyFile, "client key", "PRIVATE KEY");
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const message = `client certificate ${files.certFile} and key ${files.keyFile} do not belong together`;
    throw new MeshwasmError("OPTION_INVALID", message, { cause });
  }
  return { cert, key };
}

function readPem(file: string, what: string, label: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new MeshwasmError("OPTION_INVALID", `${what} ${file} cannot be read (${reason})`, { cause });
  }
  if (!new RegExp(`-----BEGIN (?:EC |RSA )?${label}-----`).test(pem)) {
    throw new MeshwasmError("OPTION_INVALID", `${what} ${file} holds no PEM ${label.toLowerCase()}`);
  }
  return pem;
}
