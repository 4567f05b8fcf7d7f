import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { type ExtensionConfigOptions, extensionConfig } from "./extension-config.js";

/** A module on disk under the name of its content. */
export interface StoredModule {
  path: string;
  /** Lower-case hex. */
  sha256: string;
  /** The folder that it stands in. */
  attempt: string;
}

/** The temporary folder that one Envoy reads: its bootstrap, the watched extension config, and the modules. */
export class FilterFiles {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<FilterFiles> {
    return new FilterFiles(await mkdtemp(join(tmpdir(), "meshwasm-envoy-")));
  }

  get bootstrapPath(): string {
    return join(this.dir, "bootstrap.json");
  }

  /** Envoy writes the address of its admin API here once it has one. */
  get adminAddressPath(): string {
    return join(this.dir, "admin-address.txt");
  }

  get extensionConfigPath(): string {
    return join(this.dir, "extension-config.json");
  }

  async writeBootstrap(document: object): Promise<void> {
    await writeFile(this.bootstrapPath, JSON.stringify(document, null, 2));
  }

  /** The certificate authorities that Node trusts, with those of `NODE_EXTRA_CA_CERTS`, as one PEM file. */
  async writeCertificateAuthorities(env: NodeJS.ProcessEnv = process.env): Promise<string> {
    const extra = env.NODE_EXTRA_CA_CERTS ? await readFile(env.NODE_EXTRA_CA_CERTS, "utf8") : "";
    const path = join(this.dir, "ca.pem");
    await writeFile(path, `${rootCertificates.join("\n")}\n${extra}`);
    return path;
  }

  /**
   * Stores a module as `<attempt>/sha256-<hex>.wasm`. The name changes with the content because Envoy watches the extension
   * config only; the folder changes with the attempt because Envoy passes over a configuration equal to the one that it saw
   * last, even if it refused that one, and reports it as taken.
   */
  async writeModule(bytes: Uint8Array, attempt: string): Promise<StoredModule> {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const folder = join(this.dir, attempt);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `sha256-${sha256}.wasm`);
    await this.#replace(path, bytes);
    return { path, sha256, attempt };
  }

  /** Puts an extension config in place by a rename, the one change that Envoy watches for. */
  async writeExtensionConfig(options: ExtensionConfigOptions): Promise<void> {
    await this.#replace(this.extensionConfigPath, JSON.stringify(extensionConfig(options)));
  }

  /** Deletes the modules of all attempts but one. */
  async keepOnly(module: StoredModule): Promise<void> {
    for (const entry of await readdir(this.dir, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === module.attempt) continue;
      await rm(join(this.dir, entry.name), { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  async #replace(path: string, content: string | Uint8Array): Promise<void> {
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  }
}
