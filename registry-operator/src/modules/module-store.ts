import { setMaxListeners } from "node:events";
import type { PublicKey, RegistryReference } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { checkCapabilities } from "./capabilities.js";
import { checkSignature, keysOf } from "./check-signature.js";
import { checkedReference } from "./checked-reference.js";
import type { ModuleRules, ModuleStore, ResolvedModule, ResolveRequest } from "./contract.js";
import { Limiter } from "./limiter.js";
import { ModuleFolder } from "./module-folder.js";
import { type Attempt, anonymous, pullAttempts } from "./pull-credentials.js";
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

/** What the store remembers of an artifact. */
export type KnownModule = Pick<
  ModuleRecord,
  "manifestDigest" | "bytes" | "rootId" | "configSchema" | "imports" | "callbacks"
>;

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

  /**
   * What is remembered of an image, with no registry asked.
   *
   * @param manifestDigest what it was resolved to for whoever asks now. Absent: what anybody without credentials gets
   * @returns undefined: it may never have been asked for, or by others only
   */
  async recall(image: string, manifestDigest?: string): Promise<KnownModule | undefined> {
    const digest = manifestDigest ?? (await this.#records.image(image, anonymous));
    return digest === undefined ? undefined : this.#records.artifact(digest);
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
      const reference = checkedReference(request.image, request.rules);
      const attempts = pullAttempts(request.dockerConfigs, reference.host);
      const known = request.policy === "IfNotPresent" ? await this.#known(request, attempts) : undefined;
      if (known && isSigned(known, keysOf(request.rules.keys))) return await this.#answer(request, known);
      // Signatures of what is known are asked for by digest: a policy that changes is no reason to follow a tag.
      const asked = known ? { ...reference, digest: known.manifestDigest } : reference;
      return await this.#limiter.run(() => this.#ask(request, asked, attempts));
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
    const { deadlineMs = 120_000 } = this.#options;
    const signal = AbortSignal.timeout(deadlineMs);
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
        `registry ${reference.host} did not send the image within ${deadlineMs / 1000} s`,
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
    const keys = keysOf(rules.keys);
    let signedBy = known?.signedBy ?? [];
    if (!isSigned({ signedBy }, keys)) {
      signedBy = [...signedBy, ...(await checkSignature(reference, manifestDigest, keys, access))];
    }
    if (known && (await this.has(known.moduleDigest))) {
      if (signedBy.length > (known.signedBy?.length ?? 0)) {
        await this.#records.putArtifact({ ...known, signedBy });
      }
      return known;
    }
    const maxBytes = limitOf(rules);
    const { record, wasm } = await pullModule(reference, manifestDigest, { ...access, maxBytes });
    checkCapabilities(record.imports, rules.allowedCapabilities, `${reference.host}/${reference.repository}`);
    await this.folder.put(record.moduleDigest, [wasm], maxBytes);
    this.#checked.add(record.moduleDigest);
    await this.#records.putArtifact(signedBy.length === 0 ? record : { ...record, signedBy });
    return record;
  }

  // Checked at each answer: the rules may have changed since the module was stored.
  async #answer({ image, rules }: ResolveRequest, record: ModuleRecord): Promise<ResolvedModule> {
    checkSize(record.bytes, limitOf(rules), image);
    checkCapabilities(record.imports, rules.allowedCapabilities, image);
    await this.folder.touch(record.moduleDigest);
    const { signedBy: _, imports: __, ...said } = record;
    return { configSchema: undefined, ...said, image };
  }

  #accessTo(host: string): RegistryAccess {
    const isPlain = this.#options.plainHttpRegistries?.includes(host);
    return { ...this.#options.access, ...(isPlain ? { plainHttp: true } : {}) };
  }
}

function limitOf({ maxBytes }: ModuleRules): number {
  return Math.min(maxBytes ?? mostModuleBytes, mostModuleBytes);
}

/** Whether one of the keys is known to have signed it; true without keys. A signature does not become untrue. */
function isSigned({ signedBy = [] }: Pick<ModuleRecord, "signedBy">, keys: readonly PublicKey[]): boolean {
  return keys.length === 0 || keys.some(({ id }) => signedBy.includes(id));
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
