import type { FilterPhase } from "./filter-metadata.js";

/** What a registry's content must keep to before a node sees it. */
export interface ModuleRules {
  /** Bytes of the module, and of the layer that carries it. Absent: 64 MiB, which is also the most. */
  maxBytes?: number | undefined;
  /**
   * Patterns of `HOST/REPOSITORY` or a prefix of it, whole path segments; `*` stands for one host label or path
   * segment. Absent: every registry. Empty: none.
   */
  allowedRegistries?: readonly string[] | undefined;
  /** Names of the functions that the module may import. Absent: all that Envoy has. Empty: none. */
  allowedCapabilities?: readonly string[] | undefined;
  /** PEM public keys, one of which must have signed the manifest. Absent or empty: signatures are not asked for. */
  keys?: readonly string[] | undefined;
}

/** One image to make available. */
export interface ResolveRequest {
  /** `HOST/REPOSITORY[:TAG][@DIGEST]`. */
  image: string;
  /**
   * `IfNotPresent`: what this image resolved to before is used as long as its module is in the store, and the
   * registry is not asked. `Always`: the tag is resolved again; the module is fetched only when it changed.
   */
  policy: "Always" | "IfNotPresent";
  /** `.dockerconfigjson` texts of the namespace's pull secrets; the first that knows the registry is used. */
  dockerConfigs: readonly string[];
  rules: ModuleRules;
}

/** A module that is in the store, and what the artifact says about it. */
export interface ResolvedModule {
  /** As it was asked for. */
  image: string;
  /** `sha256:…` (or sha512) of the manifest. */
  manifestDigest: string;
  /** `sha256:…` of the module's bytes. */
  moduleDigest: string;
  /** Of the module. */
  bytes: number;
  /** ABI that the module was built for: `0.1.0`, `0.2.0` or `0.2.1`. */
  abi: string;
  /** From filter.yaml; without one, the last segment of the repository. */
  name: string;
  /** From filter.yaml; without one, the tag; empty when there is neither. */
  version: string;
  /** From filter.yaml; without one, told from the callbacks that the module exports. */
  kind: "http" | "network";
  /** From filter.yaml; without one, the name. */
  rootId: string;
  /** From filter.yaml; without one, `UNSPECIFIED`. */
  phase: FilterPhase;
  /** A kubelet can mount the image as a volume, and has the module there as `plugin.wasm`. */
  imageVolume: boolean;
  /** Names of the functions that it exports for Envoy to call. */
  callbacks: string[];
  /** The parsed `config.schema.json`; undefined: the artifact has none. */
  configSchema: unknown;
}

/** The operator's own copies of modules: a cache that may be lost, never a source of truth. */
export interface ModuleStore {
  /**
   * Resolves, pulls, checks and stores a module. Concurrent requests for one image share the work.
   * @throws MeshwasmError whose code is the reason of a condition: those of `errors.ts`; code `Aborted` when the
   *   signal fired, which says nothing about the image.
   */
  resolve(request: ResolveRequest, signal: AbortSignal): Promise<ResolvedModule>;
  /** Whether the module is in the store, whole. */
  has(moduleDigest: string): Promise<boolean>;
  /** Where the module's file is or would be. */
  pathOf(moduleDigest: string): string;
  /** Deletes what is not in `keep` and was neither stored nor resolved for the grace time. */
  collect(keep: ReadonlySet<string>): Promise<void>;
}

/** Serves modules to the agents, over mutual TLS. */
export interface ModuleServer {
  /** Resolves once connections are accepted. @returns `https://HOST:PORT`. */
  listen(): Promise<{ url: string }>;
  /** Replaces which modules each node shall have; waiting agents are answered at once. */
  setWanted(wanted: ReadonlyMap<string, ReadonlySet<string>>): void;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}
