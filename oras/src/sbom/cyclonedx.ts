import type { LockedPackage } from "./lock-file.js";
import { isSpdxExpression } from "./spdx-expression.js";

/** What an SBOM is about. */
export interface SbomInput {
  /** The filter first, then all that it was built from; see `readLockFile`. */
  packages: readonly LockedPackage[];
  /** Digest of the module, `sha256:<hex>`. */
  wasmDigest: string;
  /** The program that writes it, and its version. */
  tool: { name: string; version: string };
}

const hashNames: Readonly<Record<string, string>> = {
  sha512: "SHA-512",
  sha384: "SHA-384",
  sha256: "SHA-256",
  sha1: "SHA-1",
};

/**
 * Writes the bill of materials of a filter as a CycloneDX 1.6 document. The same input gives the same document: it
 * holds no time and no random serial number.
 * See https://cyclonedx.org/docs/1.6/json/ and, for the properties,
 * https://github.com/CycloneDX/cyclonedx-property-taxonomy/blob/main/cdx/npm.md.
 */
export function cyclonedx({ packages, wasmDigest, tool }: SbomInput): object {
  const [filter, ...parts] = packages;
  const refs = new Map(packages.map((each) => [each.path, refOf(each)]));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      tools: { components: [{ type: "application", ...tool }] },
      ...(filter && {
        component: {
          ...component(filter, "application"),
          hashes: [{ alg: "SHA-256", content: wasmDigest.slice("sha256:".length) }],
        },
      }),
    },
    components: onceEach(parts.map((part) => component(part, "library"))),
    dependencies: onceEach(
      packages.map((each) => ({
        "bom-ref": refOf(each),
        dependsOn: [...new Set(each.needs.flatMap((path) => refs.get(path) ?? []))].sort(),
      })),
    ).map(({ "bom-ref": ref, dependsOn }) => ({ ref, dependsOn })),
  };
}

function component(part: LockedPackage, type: "application" | "library") {
  const { name, version, license, integrity, isDevelopment } = part;
  const slash = name.indexOf("/");
  const hash = hashOf(integrity);
  return {
    "bom-ref": refOf(part),
    type,
    ...(slash < 0 ? { name } : { group: name.slice(0, slash), name: name.slice(slash + 1) }),
    ...(version === undefined ? {} : { version, purl: purlOf(name, version) }),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    ...(hash ? { hashes: [hash] } : {}),
    ...(isDevelopment ? { properties: [{ name: "cdx:npm:package:development", value: "true" }] } : {}),
  };
}

// One package may be installed in several places.
function onceEach<T extends { "bom-ref": string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry["bom-ref"], entry])).values()];
}

function refOf({ name, version, path }: LockedPackage): string {
  return version === undefined ? `${name}#${path}` : `${name}@${version}`;
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
}

function hashOf(integrity: string | undefined): { alg: string; content: string } | undefined {
  const [, algorithm = "", base64 = ""] = /^(sha\d+)-([A-Za-z0-9+/]+=*)/.exec(integrity ?? "") ?? [];
  const alg = hashNames[algorithm];
  return alg === undefined ? undefined : { alg, content: Buffer.from(base64, "base64").toString("hex") };
}

// CycloneDX takes no other text as an expression.
function licenseOf(text: string): object {
  return isSpdxExpression(text) ? { expression: text } : { license: { name: text } };
}
