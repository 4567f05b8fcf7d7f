import {
  type Credentials,
  loadableBy,
  type PullResult,
  pull,
  type RegistryReference,
  type RemoteOptions,
  RepositoryClient,
} from "@meshwasm/oras";
import { imageFileName } from "../api/names.js";
import { MeshwasmError } from "../errors.js";
import { readFilterMetadata } from "./filter-metadata.js";
import { moduleFacts } from "./module-facts.js";
import type { ModuleRecord } from "./records.js";

/** The most that any module may have, in bytes. */
export const mostModuleBytes = 64 * 1024 * 1024;

/** How registries are reached, for all images alike. */
export type RegistryAccess = Pick<
  RemoteOptions,
  "plainHttp" | "caFile" | "connectTimeoutMs" | "idleTimeoutMs" | "retries" | "retryDelayMs"
>;

/** How one image is fetched. */
export interface PullModuleOptions extends RegistryAccess {
  credentials: Credentials | undefined;
  signal: AbortSignal;
}

/**
 * Asks the registry for the digest that an image names now, also when the reference has a digest: the answer proves
 * that these credentials may read it.
 *
 * @throws the OCI client's errors; MeshwasmError ImageNotFound
 */
export async function resolveDigest(
  reference: RegistryReference,
  options: PullModuleOptions,
): Promise<string> {
  const { host, repository, digest, tag = "latest" } = reference;
  const client = new RepositoryClient(host, repository, "pull", remoteOptions(options));
  try {
    const found = await client.headManifest(digest ?? tag);
    if (found !== undefined) return digest ?? found;
  } finally {
    await client.close();
  }
  const target = digest === undefined ? `:${tag}` : `@${digest}`;
  throw new MeshwasmError("ImageNotFound", `registry ${host} has no ${repository}${target}`, {
    hint: "check repository and tag; without the right pull secret a private repository may look like this",
  });
}

/**
 * Fetches a filter by the digest of its manifest and checks all that can be checked without running it.
 *
 * @throws the OCI client's errors; MeshwasmError ModuleTooLarge, ModuleInvalid, AbiUnsupported, ImportMissing, ArtifactInvalid
 */
export async function pullModule(
  reference: RegistryReference,
  manifestDigest: string,
  options: PullModuleOptions & { maxBytes: number },
): Promise<{ record: ModuleRecord; wasm: Uint8Array }> {
  const { host, repository, tag } = reference;
  const pulled = await pull(`${host}/${repository}@${manifestDigest}`, {
    ...remoteOptions(options),
    maxLayerBytes: mostModuleBytes,
    maxUnpackedBytes: mostModuleBytes,
  });
  checkSize(pulled.wasm.length, options.maxBytes, `${host}/${repository}`);
  const facts = moduleFacts(pulled.wasm);
  const { configSchema, ...said } = readFilterMetadata(pulled.files);
  const name = said.name ?? repository.slice(repository.lastIndexOf("/") + 1);
  const record: ModuleRecord = {
    manifestDigest,
    moduleDigest: pulled.wasmDigest,
    bytes: pulled.wasm.length,
    abi: facts.abi,
    name,
    version: said.version ?? tag ?? "",
    kind: said.kind ?? facts.kind,
    rootId: said.rootId ?? name,
    phase: said.phase ?? "UNSPECIFIED",
    imports: facts.imports,
    callbacks: facts.callbacks,
    imageVolume: isImageVolume(pulled),
    ...(configSchema === undefined ? {} : { configSchema }),
  };
  return { record, wasm: pulled.wasm };
}

function isImageVolume({ manifest, imageConfig: config, layerFiles = [] }: PullResult): boolean {
  const isAtRoot = layerFiles.some(({ name }) => name.replace(/^\.\//, "") === imageFileName);
  // To a runtime these are files of the layers below that are to go.
  const hasWhiteouts = layerFiles.some(({ name }) => name.split("/").some((part) => part.startsWith(".wh.")));
  return (
    isAtRoot &&
    !hasWhiteouts &&
    loadableBy({ manifest, config, layerFiles }).includes("kubernetes-image-volume")
  );
}

/** @throws MeshwasmError ModuleTooLarge */
export function checkSize(bytes: number, maxBytes: number, place: string): void {
  if (bytes <= maxBytes) return;
  throw new MeshwasmError(
    "ModuleTooLarge",
    `the module of ${place} has ${bytes} bytes; the limit is ${maxBytes}`,
    {
      hint: "make the module smaller, or raise the size limit in the FilterPolicy",
    },
  );
}

/** The options of the OCI client. The process's own credential files and proxies of a shell have no say here. */
export function remoteOptions({ credentials, signal, ...access }: PullModuleOptions): RemoteOptions {
  const { plainHttp, caFile, connectTimeoutMs, idleTimeoutMs, retries = 1, retryDelayMs } = access;
  return { credentials, signal, plainHttp, caFile, connectTimeoutMs, idleTimeoutMs, retries, retryDelayMs };
}
