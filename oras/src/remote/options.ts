import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { rootCertificates } from "node:tls";
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
  connectTimeoutMs: number;
  idleTimeoutMs: number;
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
    ca: options.caFile === undefined ? undefined : [...rootCertificates, readCertificates(options.caFile)],
    connectTimeoutMs: atLeast(1, options.connectTimeoutMs, 10_000, "connectTimeoutMs"),
    idleTimeoutMs: atLeast(1, options.idleTimeoutMs, 30_000, "idleTimeoutMs"),
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

function readCertificates(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new MeshwasmError("OPTION_INVALID", `CA file ${file} cannot be read (${reason})`, { cause });
  }
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw new MeshwasmError("OPTION_INVALID", `CA file ${file} holds no PEM certificate`);
  }
  return pem;
}
