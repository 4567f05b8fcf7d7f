import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { MeshwasmError } from "../errors.js";
import { type CertificateRequest, issueCertificate, type Subject } from "./issue.js";
import { certificatesIn } from "./pem.js";

/** One authority, as it is kept in a Secret. */
export interface AuthorityKey {
  /** PEM. */
  certificate: string;
  /** PEM, PKCS #8. */
  key: string;
}

/** All that is kept of the authority. A rotation announces `next` first and signs with it once everybody knows it. */
export interface AuthorityState {
  signing: AuthorityKey;
  /** Absent: no rotation is under way. */
  next?: AuthorityKey | undefined;
  /** PEM certificates of earlier ones whose signatures are still trusted. */
  previous: string[];
}

/** When things happen, in milliseconds. */
export interface AuthorityTimes {
  /** How long an authority is valid. Absent: 1 year. */
  lifetimeMs?: number | undefined;
  /** How long `next` is announced before it signs. Absent: 1 day. */
  announceMs?: number | undefined;
}

const day = 86_400_000;
const authority: Subject = { organization: "meshwasm", commonName: "meshwasm authority" };
/**
 * Clocks of nodes differ, and step: certificates are valid from before they are made. What ends them is their end, so it
 * may be long before.
 */
const clockSkewMs = day;

/**
 * What the authority is at `now`, from what it was: made when there is none or it cannot be used; announced anew when
 * less than a third of its time is left; replaced when the new one has been known long enough; old ones are forgotten
 * when they have expired. Returns the same object when there is nothing to do.
 */
export function advanceAuthority(
  state: AuthorityState | undefined,
  now: Date,
  { lifetimeMs = 365 * day, announceMs = day }: AuthorityTimes = {},
): AuthorityState {
  const from = now.getTime();
  if (state === undefined || !isUsable(state.signing, now)) {
    // Nothing that it signed can be checked any more, or soon: start anew.
    return { signing: createAuthorityKey(now, lifetimeMs), previous: [] };
  }
  const previous = state.previous.filter((pem) => expiry(pem) > from);
  const { next } = state;
  if (next !== undefined) {
    const known = from - (Date.parse(new X509Certificate(next.certificate).validFrom) + clockSkewMs);
    if (known >= announceMs) return { signing: next, previous: [...previous, state.signing.certificate] };
  } else if (expiry(state.signing.certificate) - from < lifetimeMs / 3) {
    return { ...state, previous, next: createAuthorityKey(now, lifetimeMs) };
  }
  return previous.length === state.previous.length ? state : { ...state, previous };
}

/** The certificates that everybody shall trust, as PEM: the signing one first. */
export function bundleOf({ signing, next, previous }: AuthorityState): string {
  return [signing.certificate, next?.certificate ?? "", ...previous].join("");
}

/**
 * Reads what was kept; a certificate and a key that do not belong together count as none.
 *
 * @returns undefined: there is none, or it cannot be used
 */
export function readAuthority(
  parts: Readonly<Record<string, string | undefined>>,
): AuthorityState | undefined {
  const pair = (name: string) => {
    const [certificate, key] = [parts[`${name}.crt`], parts[`${name}.key`]];
    const found = certificate && key ? { certificate, key } : undefined;
    return found && belongTogether(found) ? found : undefined;
  };
  const signing = pair("ca");
  return signing && { signing, next: pair("next"), previous: certificatesIn(parts["previous.crt"] ?? "") };
}

/** What is to be kept; the inverse of {@link readAuthority}. */
export function writeAuthority({ signing, next, previous }: AuthorityState): Record<string, string> {
  return {
    "ca.crt": signing.certificate,
    "ca.key": signing.key,
    ...(next ? { "next.crt": next.certificate, "next.key": next.key } : {}),
    ...(previous.length > 0 ? { "previous.crt": previous.join("") } : {}),
  };
}

/**
 * Issues a certificate that ends no later than the authority's own.
 *
 * @param lifetimeMs from now
 * @throws MeshwasmError CertificateInvalid when the authority has expired
 */
export function signWith(
  { signing }: AuthorityState,
  request: Omit<CertificateRequest, "notBefore" | "notAfter">,
  lifetimeMs: number,
  now: Date,
): string {
  const end = Math.min(now.getTime() + lifetimeMs, expiry(signing.certificate));
  if (end <= now.getTime())
    throw new MeshwasmError("CertificateInvalid", "the operator's authority has expired");
  const validity = { notBefore: new Date(now.getTime() - clockSkewMs), notAfter: new Date(end) };
  return issueCertificate(
    { ...request, ...validity },
    { subject: authority, privateKey: createPrivateKey(signing.key) },
  );
}

/** A new key on P-256. */
export function createKeyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** A private key as PEM, PKCS #8. */
export function keyToPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

function createAuthorityKey(now: Date, lifetimeMs: number): AuthorityKey {
  const { publicKey, privateKey } = createKeyPair();
  const notBefore = new Date(now.getTime() - clockSkewMs);
  const notAfter = new Date(now.getTime() + lifetimeMs);
  const certificate = issueCertificate(
    { subject: authority, publicKey, use: "authority", notBefore, notAfter },
    { subject: authority, privateKey },
  );
  return { certificate, key: keyToPem(privateKey) };
}

function isUsable(pair: AuthorityKey, now: Date): boolean {
  return belongTogether(pair) && expiry(pair.certificate) > now.getTime();
}

function belongTogether({ certificate, key }: AuthorityKey): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function expiry(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
