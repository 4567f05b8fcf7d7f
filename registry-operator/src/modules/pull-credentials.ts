import { createHash } from "node:crypto";
import { type Credentials, credentialsIn } from "@meshwasm/oras";

/** The identity of whoever has no credentials. */
export const anonymous = "anonymous";

/** One way to ask a registry. */
export interface Attempt {
  /** Absent: anonymous. */
  credentials: Credentials | undefined;
  /** The same for the same credentials, and tells nothing about them. */
  identity: string;
}

/**
 * The ways to ask a registry, in the order of the pull secrets that know it; anonymously when none does, as the
 * kubelet does it.
 *
 * @throws the OCI client's CREDENTIALS_INVALID for a text that is no Docker configuration
 */
export function pullAttempts(dockerConfigs: readonly string[], host: string): Attempt[] {
  const found = dockerConfigs.flatMap(
    (text, index) => credentialsIn(text, host, `pull secret number ${index + 1}`) ?? [],
  );
  const credentials = found.length === 0 ? [undefined] : found;
  return credentials.map((each) => ({ credentials: each, identity: identityOf(each) }));
}

function identityOf(credentials: Credentials | undefined): string {
  if (credentials === undefined) return anonymous;
  const { username, password, identityToken = "" } = credentials;
  return createHash("sha256")
    .update(JSON.stringify([username, password, identityToken]))
    .digest("hex");
}
