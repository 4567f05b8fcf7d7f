import { resolve } from "node:path";
import {
  attach,
  attachmentTypes,
  attest,
  cyclonedx,
  digestOf,
  type PrivateKey,
  predicateTypes,
  type RemoteOptions,
  readLockFile,
  type SbomInput,
  sign,
  slsaProvenance,
} from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { cliVersion } from "../version.js";
import { builderOf } from "./builder.js";
import { findLockFile } from "./find-lock-file.js";
import type { Source } from "./source-and-refs.js";
import { sourceOfBuild } from "./source-of-build.js";

/** What is attached to an artifact that is pushed. */
export interface AttachmentsOptions {
  /** True: a signature; it needs `key`. */
  sign?: boolean | undefined;
  /** How it was built. */
  provenance?: boolean | undefined;
  /** What it is made of. */
  sbom?: boolean | undefined;
  /** Signs all of them. Absent: provenance and SBOM are attached unsigned. */
  key?: PrivateKey | undefined;
}

/** Something that was attached. */
export interface AttachedDigest {
  kind: "signature" | "provenance" | "sbom";
  /** Of its manifest, a referrer of the artifact. */
  digest: string;
  isSigned: boolean;
}

/** Attaches to an artifact that is there by its digest. */
export type AttachAll = (ref: string, options: RemoteOptions) => Promise<AttachedDigest[]>;

/**
 * Gathers what is to be attached, before anything is pushed.
 *
 * @throws MeshwasmError USAGE for a module alone, whose source and packages nobody knows; FILE_NOT_FOUND without a lock
 *   file; and those of `readLockFile` of the OCI client
 */
export async function prepareAttachments(
  source: Source,
  built: { wasmDigest: string; format: string },
  options: AttachmentsOptions,
): Promise<AttachAll> {
  const { key } = options;
  if (source.kind === "module" && (options.provenance || options.sbom)) {
    throw new MeshwasmError(
      "USAGE",
      `--provenance and --sbom need a filter's folder; ${source.path} is a module`,
      {
        hint: "push the folder: it is built first, and so it is known what went in",
      },
    );
  }
  const sbom = options.sbom ? await sbomOf(source.path, built.wasmDigest) : undefined;
  const provenance = options.provenance ? await provenanceOf(source.path, built) : undefined;
  return async (ref, remote) => {
    const attached: AttachedDigest[] = [];
    if (sbom) attached.push(...(await attachSbom(ref, sbom, key, remote)));
    if (provenance) {
      const { digest } = await attest(ref, predicateTypes.provenance, provenance, { ...remote, key });
      attached.push({ kind: "provenance", digest, isSigned: key !== undefined });
    }
    if (options.sign && key) {
      const { signature } = await sign(ref, key, remote);
      attached.push({ kind: "signature", digest: signature, isSigned: true });
    }
    return attached;
  };
}

// As a plain document, where scanners look for it, and signed, where verifiers do.
async function attachSbom(
  ref: string,
  sbom: object,
  key: PrivateKey | undefined,
  remote: RemoteOptions,
): Promise<AttachedDigest[]> {
  const mediaType = attachmentTypes.cyclonedx;
  const bytes = new TextEncoder().encode(`${JSON.stringify(sbom, null, 2)}\n`);
  const layers = [{ mediaType, bytes, title: "bom.json" }];
  const plain = await attach(ref, { artifactType: mediaType, layers }, remote);
  const attached: AttachedDigest[] = [{ kind: "sbom", digest: plain.digest, isSigned: false }];
  if (key) {
    const { digest } = await attest(ref, predicateTypes.cyclonedx, sbom, { ...remote, key });
    attached.push({ kind: "sbom", digest, isSigned: true });
  }
  return attached;
}

async function sbomOf(dir: string, wasmDigest: string): Promise<object> {
  const lock = await findLockFile(resolve(dir));
  if (!lock) {
    throw new MeshwasmError(
      "FILE_NOT_FOUND",
      `there is no package-lock.json in ${resolve(dir)} or above it`,
      {
        hint: "the SBOM is made from it: npm install writes it",
      },
    );
  }
  const packages = readLockFile(lock.bytes, lock.root);
  const tool: SbomInput["tool"] = { name: "meshwasm", version: cliVersion() };
  return cyclonedx({ packages, wasmDigest, tool });
}

async function provenanceOf(dir: string, built: { wasmDigest: string; format: string }): Promise<object> {
  const [found, lock] = await Promise.all([sourceOfBuild(dir), findLockFile(resolve(dir))]);
  const { isModified, ...source } = found ?? {};
  const builder = builderOf(process.env);
  return slsaProvenance({
    ...built,
    ...(found ? { source: { ...source, uri: found.uri }, isModified } : {}),
    ...(lock ? { lockDigest: digestOf(lock.bytes) } : {}),
    builderId: builder.id,
    builderVersion: { meshwasm: cliVersion() },
    invocationId: builder.invocationId,
  });
}
