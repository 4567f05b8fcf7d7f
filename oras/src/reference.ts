import { MeshwasmError } from "./errors.js";
import {
  checkDigest,
  checkHost,
  checkRepository,
  checkTag,
  invalid,
  looksLikeHost,
  quote,
} from "./reference-grammar.js";

/** A parsed `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`. */
export interface RegistryReference {
  /** Host with its port, as in a URL: `registry.example.com`, `127.0.0.1:5000`, `[::1]:5000`. */
  host: string;
  /** One or more lower-case components, joined by `/`. */
  repository: string;
  /** Absent: none was written. Verbs then use the digest, or else the tag `latest`. */
  tag?: string;
  /** `sha256:<hex>` or `sha512:<hex>`; absent: none was written. Where both are given, the digest decides. */
  digest?: string;
}

/** A parsed `oci:DIR[:TAG][@DIGEST]`: an OCI image layout on disk. */
export interface LayoutReference {
  /** The folder, absolute or relative to the process's own. */
  path: string;
  /** Absent: none was written. Writing then means `latest`; reading means `latest`, or the only artifact there is. */
  tag?: string;
  /** As in {@link RegistryReference}. */
  digest?: string;
}

/** Where an artifact is. */
export type Reference = RegistryReference | LayoutReference;

const maxReference = 2048;
const layoutPrefix = "oci:";

/**
 * Parses a reference. One to a registry follows the grammar of
 * https://github.com/distribution/reference/blob/v0.6.0/reference.go and
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests,
 * with one difference: the host is required, there is no default registry. One that starts with `oci:` is a folder;
 * its tag starts at the last `:` that no `/` follows.
 * @throws MeshwasmError REFERENCE_INVALID, which says what is wrong in which part.
 */
export function parseReference(text: string): Reference {
  if (text === "") throw invalid("the reference is empty");
  if (text.length > maxReference) throw invalid(`the reference has more than ${maxReference} characters`);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw invalid(`${quote(text)} starts with a scheme; a reference has none`);
  }
  return text.startsWith(layoutPrefix) ? parseLayout(text) : parseRegistry(text);
}

/** True for an OCI image layout on disk. */
export function isLayoutReference(reference: Reference): reference is LayoutReference {
  return "path" in reference;
}

/** Writes a reference; the inverse of {@link parseReference}. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${formatPlace(reference)}${tag}${digest}`;
}

/** The reference without tag and digest: `HOST/REPOSITORY` or `oci:DIR`. */
export function formatPlace(reference: Reference): string {
  return isLayoutReference(reference)
    ? `${layoutPrefix}${reference.path}`
    : `${reference.host}/${reference.repository}`;
}

/** What a store is asked for: the digest if there is one, else the tag, else `latest`. */
export function referenceTarget(reference: Reference): string {
  return reference.digest ?? reference.tag ?? "latest";
}

/** The same repository or layout by another tag or digest. */
export function withTarget(reference: Reference, target: { tag: string } | { digest: string }): Reference {
  return isLayoutReference(reference)
    ? { path: reference.path, ...target }
    : { host: reference.host, repository: reference.repository, ...target };
}

function parseRegistry(text: string): RegistryReference {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const slash = name.indexOf("/");
  const host = slash < 0 ? "" : name.slice(0, slash);
  if (!looksLikeHost(host)) throw invalid(`${quote(text)} names no registry host`);
  checkHost(host);

  const rest = name.slice(slash + 1);
  const colon = rest.indexOf(":");
  const reference: RegistryReference = { host, repository: colon < 0 ? rest : rest.slice(0, colon) };
  checkRepository(reference.repository);
  if (colon >= 0) {
    reference.tag = rest.slice(colon + 1);
    checkTag(reference.tag);
  }
  if (at >= 0) {
    reference.digest = text.slice(at + 1);
    checkDigest(reference.digest);
  }
  return reference;
}

function parseLayout(text: string): LayoutReference {
  const [rest, digest] = splitLast(text.slice(layoutPrefix.length), "@");
  const [path, tag] = splitLast(rest, ":");
  if (path === "") throw invalid(`${quote(text)} names no folder`);
  if (path.includes("\u0000")) throw invalid(`${quote(text)} has a NUL in the folder's name`);
  if (tag !== undefined) checkTag(tag);
  if (digest !== undefined) checkDigest(digest);
  return { path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

// A separator inside a folder's name has a "/" behind it.
function splitLast(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.lastIndexOf(separator);
  return at < 0 || text.includes("/", at) ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Parses what names a whole repository or layout: a reference without tag and digest.
 * @param why what is wrong with more, for the hint: `tags are listed of a whole repository`.
 * @throws MeshwasmError REFERENCE_INVALID.
 */
export function parsePlace(text: string, why: string): Reference {
  const reference = parseReference(text);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  throw new MeshwasmError("REFERENCE_INVALID", `${formatReference(reference)} names one artifact`, {
    hint: `${why}: leave tag and digest out`,
  });
}
