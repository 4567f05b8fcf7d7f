import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import type { EnvoyAdmin } from "./admin.js";
import { type ExtensionConfigOptions, extensionName } from "./extension-config.js";
import { failureReason } from "./failure-reason.js";
import type { FilterFiles, StoredModule } from "./filter-files.js";
import type { EnvoyLogLine, LogRing } from "./log-line.js";

interface Content {
  wasm: Uint8Array;
  config: string | Uint8Array;
}

const pollMs = 10;
/** How long the log may lag behind the counters. */
const logLagMs = 1000;

/** The filter's module and configuration in a running Envoy: writes what it should have, and learns what it took. */
export class LiveFilter {
  readonly #files: FilterFiles;
  readonly #fixed: Omit<ExtensionConfigOptions, "wasm" | "config" | "version">;
  readonly #log: LogRing;
  #admin: EnvoyAdmin | undefined;
  #version = 0;
  /** How often Envoy has refused so far. */
  #rejected = 0;
  #logMark = 0;
  #wanted: (Content & { module: StoredModule }) | undefined;
  #taken: (Content & { module: StoredModule }) | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    files: FilterFiles,
    fixed: Omit<ExtensionConfigOptions, "wasm" | "config" | "version">,
    log: LogRing,
  ) {
    this.#files = files;
    this.#fixed = fixed;
    this.#log = log;
  }

  /** Lower-case hex sha256 of the module that Envoy took last; empty before. */
  get sha256(): string {
    return this.#taken?.module.sha256 ?? "";
  }

  /** Gives it the admin API, once there is one. */
  attach(admin: EnvoyAdmin): void {
    this.#admin = admin;
  }

  /** Writes what Envoy should have, under the next version. */
  async write(content: Content): Promise<void> {
    const version = String(++this.#version);
    const module = await this.#files.writeModule(content.wasm, version);
    this.#wanted = { ...content, module };
    this.#logMark = this.#log.total;
    await this.#files.writeExtensionConfig({
      ...this.#fixed,
      wasm: module.path,
      config: content.config,
      version,
    });
  }

  /**
   * Resolves once Envoy has taken what was written last.
   *
   * @throws MeshwasmError ENVOY_FAILED with its reason once it refused; AbortError when the signal comes first
   */
  async settled(signal: AbortSignal): Promise<void> {
    const prefix = `extension_config_discovery.${this.#fixed.kind}_filter.${extensionName}.`;
    for (;;) {
      signal.throwIfAborted();
      const stats = (await this.#admin?.stats(prefix)) ?? {};
      const rejected = Number(stats[`${prefix}update_rejected`] ?? 0);
      if (rejected > this.#rejected) {
        this.#rejected = rejected;
        throw await this.#refusal();
      }
      if (stats[`${prefix}version_text`] === String(this.#version)) {
        this.#taken = this.#wanted;
        if (this.#taken) await this.#files.keepOnly(this.#taken.module);
        return;
      }
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Writes a change on top of what Envoy took last, and waits until it took that too; one change at a time. */
  update(change: Partial<Content>): Promise<void> {
    const turn = this.#queue.then(() => this.#update(change));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #update(change: Partial<Content>): Promise<void> {
    const before = this.#taken;
    if (!before) throw new MeshwasmError("ENVOY_FAILED", "Envoy has no filter yet");
    const next = { wasm: change.wasm ?? before.wasm, config: change.config ?? before.config };
    // Envoy passes over a configuration equal to the one it has, without a word that could be waited for.
    if (same(next.wasm, before.wasm) && same(next.config, before.config)) return;
    try {
      await this.write(next);
      await this.settled(AbortSignal.timeout(30_000));
    } catch (error) {
      if (error instanceof MeshwasmError) throw error;
      throw new MeshwasmError("ENVOY_FAILED", "Envoy did not answer to the change", { cause: error });
    }
  }

  async #refusal(): Promise<MeshwasmError> {
    const isVerdict = (entry: EnvoyLogLine) =>
      entry.logger === "config" && entry.message.includes("update rejected");
    const until = Date.now() + logLagMs;
    while (!this.#log.since(this.#logMark).some(isVerdict) && Date.now() < until) await sleep(pollMs);
    const details = this.#log.since(this.#logMark);
    return new MeshwasmError("ENVOY_FAILED", `Envoy refused the filter: ${failureReason(details)}`, {
      details,
    });
  }
}

function same(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return Buffer.from(a as string).equals(Buffer.from(b as string));
}
