import { digestProblem } from "./digest.js";
import { MeshwasmError } from "./errors.js";

/** A parsed `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`. */
export interface Reference {
  /** Host with its port, as in a URL: `registry.example.com`, `127.0.0.1:5000`, `[::1]:5000`. */
  host: string;
  /** One or more lower-case components, joined by `/`. */
  repository: string;
  /** Absent: none was written. Verbs then use the digest, or else the tag `latest`. */
  tag?: string;
  /** `sha256:<hex>` or `sha512:<hex>`; absent: none was written. Where both are given, the digest decides. */
  digest?: string;
}

const maxReference = 2048;
const maxRepository = 255;
const maxTag = 128;
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const form = "write HOST/REPOSITORY:TAG, e.g. registry.example.com/filters/hello:1.0.0";

/**
 * Parses a reference by the grammar of
 * https://github.com/distribution/reference/blob/v0.6.0/reference.go and
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests,
 * with one difference: the host is required, there is no default registry.
 * @throws MeshwasmError REFERENCE_INVALID, which says what is wrong in which part.
 */
export function parseReference(text: string): Reference {
  if (text === "") throw invalid("the reference is empty");
  if (text.length > maxReference) throw invalid(`the reference has more than ${maxReference} characters`);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw invalid(`${quote(text)} starts with a scheme; a reference has none`);
  }
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const slash = name.indexOf("/");
  const host = slash < 0 ? "" : name.slice(0, slash);
  if (!looksLikeHost(host)) throw invalid(`${quote(text)} names no registry host`);
  checkHost(host);

  const rest = name.slice(slash + 1);
  const colon = rest.indexOf(":");
  const reference: Reference = { host, repository: colon < 0 ? rest : rest.slice(0, colon) };
  checkRepository(reference.repository);
  if (colon >= 0) {
    reference.tag = rest.slice(colon + 1);
    checkTag(reference.tag);
  }
  if (at >= 0) {
    reference.digest = text.slice(at + 1);
    const problem = digestProblem(reference.digest);
    if (problem) throw invalid(`digest ${quote(reference.digest)} ${problem}`);
  }
  return reference;
}

/** Writes a reference; the inverse of {@link parseReference}. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.host}/${reference.repository}${tag}${digest}`;
}

/** What a registry is asked for: the digest if there is one, else the tag, else `latest`. */
export function referenceTarget(reference: Reference): string {
  return reference.digest ?? reference.tag ?? "latest";
}

/** The same repository by another tag or digest. */
export function withTarget(reference: Reference, target: { tag: string } | { digest: string }): Reference {
  return { host: reference.host, repository: reference.repository, ...target };
}

// The first component is a host if it could not be a component of a repository on a default registry.
function looksLikeHost(component: string): boolean {
  return /[.:]/.test(component) || component === "localhost";
}

function checkHost(host: string): void {
  const ipv6 = /^\[([^\]]*)\](.*)$/.exec(host);
  const colon = host.lastIndexOf(":");
  const name = ipv6 ? (ipv6[1] ?? "") : colon < 0 ? host : host.slice(0, colon);
  const port = ipv6 ? (ipv6[2] ?? "") : colon < 0 ? "" : host.slice(colon);
  if (ipv6 ? !isIpv6(name) : !hostPattern.test(name)) throw invalid(`host ${quote(host)} is not valid`);
  if (port === "") return;
  const number = Number(port.slice(1));
  if (!/^:[0-9]{1,5}$/.test(port) || number < 1 || number > 65535) {
    throw invalid(`host ${quote(host)} has a port that is no number from 1 to 65535`);
  }
}

function isIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]+$/.test(text) && text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function checkRepository(repository: string): void {
  if (repository === "") throw invalid("the repository is empty");
  if (repository.length > maxRepository)
    throw invalid(`the repository has more than ${maxRepository} characters`);
  const wrong = /[^a-z0-9._/-]/u.exec(repository);
  if (wrong) throw invalid(`repository ${quote(repository)} has the ${describe(wrong[0])}${position(wrong)}`);
  for (const component of repository.split("/")) {
    if (component === "") throw invalid(`repository ${quote(repository)} has an empty component`);
    if (!componentPattern.test(component)) {
      throw invalid(
        `repository ${quote(repository)} has the component ${quote(component)}: letters and digits may be ` +
          "joined by one '.', one or two '_', or any number of '-', and are needed at both ends",
      );
    }
  }
}

function checkTag(tag: string): void {
  if (tag === "") throw invalid("the tag is empty");
  if (tag.length > maxTag) throw invalid(`the tag has more than ${maxTag} characters`);
  const wrong = /[^A-Za-z0-9_.-]/u.exec(tag);
  if (wrong) throw invalid(`tag ${quote(tag)} has the ${describe(wrong[0])}${position(wrong)}`);
  if (/^[.-]/.test(tag)) throw invalid(`tag ${quote(tag)} starts with '${tag[0]}'`);
}

function describe(character: string): string {
  return /\p{Lu}/u.test(character) ? `upper-case letter '${character}'` : `character ${quote(character)}`;
}

function position(match: RegExpExecArray): string {
  return ` at position ${match.index + 1}`;
}

// JSON's escapes keep control characters out of the one line that a message is.
function quote(text: string): string {
  const shown = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}'`;
}

function invalid(message: string): MeshwasmError {
  return new MeshwasmError("REFERENCE_INVALID", message, { hint: form });
}
