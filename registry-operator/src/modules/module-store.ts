import { setMaxListeners } from "node:events";
import { isLayoutReference, parseReference, type RegistryReference } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { isAllowedRegistry } from "./allowed-registries.js";
import type { ModuleRules, ModuleStore, ResolvedModule, ResolveRequest } from "./contract.js";
import { Limiter } from "./limiter.js";
import { ModuleFolder } from "./module-folder.js";
import { type Attempt, pullAttempts } from "./pull-credentials.js";
import { checkSize, mostModuleBytes, pullModule, type RegistryAccess, resolveDigest } from "./pull-module.js";
import { type ModuleRecord, Records } from "./records.js";
import { remoteFailure } from "./remote-failure.js";

/** How the store works; every member may be absent. */
export interface ModuleStoreOptions {
  /** How registries are reached. Absent: HTTPS, plain HTTP for loopback only. */
  access?: RegistryAccess | undefined;
  /** Hosts, with their ports, that are asked over plain HTTP. Absent: loopback only. */
  plainHttpRegistries?: readonly string[] | undefined;
  /** Milliseconds that a module stays after nothing has asked for it. Absent: 1 hour. */
  graceMs?: number | undefined;
  /** Milliseconds for one image, from the first request to the last byte. Absent: 2 minutes. */
  deadlineMs?: number | undefined;
  /** Images that are fetched at once; each takes memory for its layer and its module. Absent: 4. */
  concurrency?: number | undefined;
}

/**
 * Opens the operator's store in a folder of its own; the folder is made.
 *
 * @throws MeshwasmError StoreFull, StoreFailed
 */
export async function openModuleStore(
  path: string,
  options: ModuleStoreOptions = {},
): Promise<FolderModuleStore> {
  const folder = new ModuleFolder(path);
  await folder.open();
  return new FolderModuleStore(folder, options);
}

/** A {@link ModuleStore} in a folder; what it forgets is fetched again. */
export class FolderModuleStore implements ModuleStore {
  readonly folder: ModuleFolder;
  readonly #records: Records;
  readonly #options: ModuleStoreOptions;
  readonly #limiter: Limiter;
  readonly #running = new Map<string, Promise<ResolvedModule>>();
  /** Modules whose bytes were checked by this process; the disk is not read for every request. */
  readonly #checked = new Set<string>();

  /** Use {@link openModuleStore}. */
  constructor(folder: ModuleFolder, options: ModuleStoreOptions) {
    this.folder = folder;
    this.#records = new Records(folder.path);
    this.#options = options;
    this.#limiter = new Limiter(options.concurrency ?? 4);
  }

  async resolve(request: ResolveRequest, signal: AbortSignal): Promise<ResolvedModule> {
    const key = JSON.stringify(request);
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#resolve(request).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return orAborted(running, signal);
  }

  async has(moduleDigest: string): Promise<boolean> {
    if (this.#checked.has(moduleDigest)) return (await this.folder.find(moduleDigest)) !== undefined;
    if (!(await this.folder.verify(moduleDigest))) return false;
    this.#checked.add(moduleDigest);
    return true;
  }

  pathOf(moduleDigest: string): string {
    return this.folder.pathOf(moduleDigest);
  }

  /** Takes a damaged file away, so that the next {@link resolve} fetches the module again. */
  async discard(moduleDigest: string): Promise<void> {
    this.#checked.delete(moduleDigest);
    await this.folder.remove(moduleDigest);
  }

  async collect(keep: ReadonlySet<string>): Promise<void> {
    const before = Date.now() - (this.#options.graceMs ?? 3_600_000);
    for (const { digest, touched } of await this.folder.list()) {
      // What is in use now has its whole grace time before it from the moment when it no longer is.
      if (keep.has(digest)) await this.folder.touch(digest);
      else if (touched < before) await this.discard(digest);
    }
    await this.#records.collect(async (digest) => (await this.folder.find(digest)) !== undefined, before);
  }

  async #resolve(request: ResolveRequest): Promise<ResolvedModule> {
    try {
      const reference = checkedReference(request);
      const attempts = pullAttempts(request.dockerConfigs, reference.host);
      if (request.policy === "IfNotPresent") {
        const known = await this.#known(request, attempts);
        if (known) return await this.#answer(request, known);
      }
      return await this.#limiter.run(() => this.#ask(request, reference, attempts));
    } catch (error) {
      throw remoteFailure(error);
    }
  }

  // Remembered by credentials too: that another namespace may read an image says nothing about this one.
  async #known({ image }: ResolveRequest, attempts: readonly Attempt[]): Promise<ModuleRecord | undefined> {
    for (const { identity } of attempts) {
      const manifestDigest = await this.#records.image(image, identity);
      const record = manifestDigest === undefined ? undefined : await this.#records.artifact(manifestDigest);
      if (record && (await this.has(record.moduleDigest))) return record;
    }
    return undefined;
  }

  async #ask(
    request: ResolveRequest,
    reference: RegistryReference,
    attempts: readonly Attempt[],
  ): Promise<ResolvedModule> {
    const signal = AbortSignal.timeout(this.#options.deadlineMs ?? 120_000);
    try {
      return await firstThatWorks(attempts, async ({ credentials, identity }) => {
        const access = { ...this.#accessTo(reference.host), credentials, signal };
        const manifestDigest = await resolveDigest(reference, access);
        const record = await this.#fetch(request.rules, reference, manifestDigest, access);
        await this.#records.putImage(request.image, identity, manifestDigest);
        return this.#answer(request, record);
      });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new MeshwasmError(
        "RegistryUnreachable",
        `registry ${reference.host} did not send the image in time`,
        {
          cause,
          hint: "it is tried again; check the registry, and the network between it and the operator",
        },
      );
    }
  }

  async #fetch(
    rules: ModuleRules,
    reference: RegistryReference,
    manifestDigest: string,
    access: Parameters<typeof resolveDigest>[1],
  ): Promise<ModuleRecord> {
    const known = await this.#records.artifact(manifestDigest);
    if (known && (await this.has(known.moduleDigest))) return known;
    const maxBytes = limitOf(rules);
    const { record, wasm } = await pullModule(reference, manifestDigest, { ...access, maxBytes });
    await this.folder.put(record.moduleDigest, [wasm], maxBytes);
    this.#checked.add(record.moduleDigest);
    await this.#records.putArtifact(record);
    return record;
  }

  // Checked at each answer: the rules may have changed since the module was stored.
  async #answer({ image, rules }: ResolveRequest, record: ModuleRecord): Promise<ResolvedModule> {
    checkSize(record.bytes, limitOf(rules), image);
    await this.folder.touch(record.moduleDigest);
    return { configSchema: undefined, ...record, image };
  }

  #accessTo(host: string): RegistryAccess {
    const isPlain = this.#options.plainHttpRegistries?.includes(host);
    return { ...this.#options.access, ...(isPlain ? { plainHttp: true } : {}) };
  }
}

function limitOf({ maxBytes }: ModuleRules): number {
  return Math.min(maxBytes ?? mostModuleBytes, mostModuleBytes);
}

/** @throws MeshwasmError ImageInvalid, RegistryNotAllowed, SignatureMissing; the OCI client's REFERENCE_INVALID */
function checkedReference({ image, rules }: ResolveRequest): RegistryReference {
  const reference = parseReference(image);
  if (isLayoutReference(reference)) {
    // Who may write a resource must not be able to read the operator's disk.
    throw new MeshwasmError(
      "ImageInvalid",
      `${image} is a folder; the operator fetches from registries only`,
      {
        hint: "write HOST/REPOSITORY[:TAG][@DIGEST]",
      },
    );
  }
  const place = `${reference.host}/${reference.repository}`;
  if (!isAllowedRegistry(place, rules.allowedRegistries)) {
    throw new MeshwasmError("RegistryNotAllowed", `a FilterPolicy does not allow filters from ${place}`, {
      hint: "ask for the place to be added to allowedRegistries, or copy the image to an allowed one",
    });
  }
  if (rules.keys?.length) {
    throw new MeshwasmError("SignatureMissing", `a FilterPolicy asks for a signature on ${image}`, {
      hint: "this version cannot check signatures, so it refuses what must be signed",
    });
  }
  return reference;
}

const refusals = new Set(["REGISTRY_UNAUTHORIZED", "REGISTRY_FORBIDDEN", "NOT_FOUND", "ImageNotFound"]);

async function firstThatWorks<T>(
  attempts: readonly Attempt[],
  ask: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  let refusal: unknown;
  for (const attempt of attempts) {
    try {
      return await ask(attempt);
    } catch (error) {
      if (!refusals.has((error as { code?: string }).code ?? "")) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

function orAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new MeshwasmError("Aborted", "the request for an image was aborted"));
    if (signal.aborted) abort();
    // One signal of the process may wait for many images.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", abort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
