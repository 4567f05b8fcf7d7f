import { digestProblem } from "./digest.js";
import { MeshwasmError } from "./errors.js";

const maxRepository = 255;
const maxTag = 128;
const form = "write HOST/REPOSITORY:TAG, e.g. registry.example.com/filters/hello:1.0.0, or oci:DIR:TAG";
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** True for a first component that could not be a component of a repository on a default registry. */
export function looksLikeHost(component: string): boolean {
  return /[.:]/.test(component) || component === "localhost";
}

/** @throws MeshwasmError REFERENCE_INVALID. */
export function checkHost(host: string): void {
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

/** @throws MeshwasmError REFERENCE_INVALID. */
export function checkRepository(repository: string): void {
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

/** @throws MeshwasmError REFERENCE_INVALID. */
export function checkTag(tag: string): void {
  const problem = tagProblem(tag);
  if (problem) throw invalid(problem);
}

/** What is wrong with a tag, as a sentence; undefined when it is valid. */
export function tagProblem(tag: string): string | undefined {
  if (tag === "") return "the tag is empty";
  if (tag.length > maxTag) return `the tag has more than ${maxTag} characters`;
  const wrong = /[^A-Za-z0-9_.-]/u.exec(tag);
  if (wrong) return `tag ${quote(tag)} has the ${describe(wrong[0])}${position(wrong)}`;
  if (/^[.-]/.test(tag)) return `tag ${quote(tag)} starts with '${tag[0]}'`;
  return undefined;
}

/** @throws MeshwasmError REFERENCE_INVALID. */
export function checkDigest(digest: string): void {
  const problem = digestProblem(digest);
  if (problem) throw invalid(`digest ${quote(digest)} ${problem}`);
}

function describe(character: string): string {
  return /\p{Lu}/u.test(character) ? `upper-case letter '${character}'` : `character ${quote(character)}`;
}

function position(match: RegExpExecArray): string {
  return ` at position ${match.index + 1}`;
}

/** Text in quotes for a message, cut at 120 characters. JSON's escapes keep control characters out of its one line. */
export function quote(text: string): string {
  const shown = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** The error for a reference that does not parse. */
export function invalid(message: string): MeshwasmError {
  return new MeshwasmError("REFERENCE_INVALID", message, { hint: form });
}
