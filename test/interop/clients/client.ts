import type { Place } from "../registries/place.js";

/** Files that clients make artifacts of. */
export interface Materials {
  /** A folder with all of them. */
  folder: string;
  /** The module alone: `plugin.wasm`. */
  wasm: string;
  /** A tar with `plugin.wasm` in it. */
  tar: string;
  /** `{}`, as a config. */
  config: string;
  /** An image layout that holds the sample under the tag `1.0.0`. */
  layout: string;
  /** Digest of the sample's only layer. */
  layer: string;
}

/** What a client has of the sample that it pulled and checked. */
export interface PulledByClient {
  /** Digest of the manifest, as the client knows it. */
  digest: string;
  /** Bytes of the only layer; of a client that unpacks it, those of `plugin.wasm`. */
  content: { layer: Uint8Array } | { wasm: Uint8Array };
}

/** One client on one registry. All verbs fail with what the client said. */
export interface Client {
  /** Packs `plugin.wasm` as this client's users do, and pushes it. */
  push(ref: string): Promise<void>;
  /** Pulls the sample, with every check that the client has; `folder` is its own. */
  pull(ref: string, folder: string): Promise<PulledByClient>;
  tags(repository: string): Promise<string[]>;
  /** Gives an artifact that is there another tag. */
  tag(ref: string, tag: string): Promise<void>;
  /** Reads the artifact `1.0.0` in a layout and pushes it. */
  pushLayout(folder: string, ref: string): Promise<void>;
  /** Writes an artifact into a layout. @returns how our client names it. */
  pullLayout(ref: string, folder: string): Promise<string>;
  /** Attaches `plugin.wasm`, as whatever it may be, with an artifact type. Absent: the client has no such verb. */
  attach?(ref: string, artifactType: string): Promise<void>;
  /** Digests of what refers to an artifact. Absent: the client has no such verb. */
  discover?(ref: string): Promise<string[]>;
}

/** What a client needs to know. */
export interface ClientOptions {
  place: Place;
  materials: Materials;
  /** With credentials and certificate of the registry. */
  env: Record<string, string | undefined>;
}

/** A client of the matrix: `open` answers undefined where it is not installed. */
export interface ClientKind {
  name: string;
  /** What it does not have, or not on this registry: a row's name, and why. */
  without: (place: Place) => Partial<Record<string, string>>;
  open: (options: ClientOptions) => Promise<Client | undefined>;
}

/** The repository of a reference. */
export function repositoryOf(ref: string): string {
  return ref.slice(0, ref.lastIndexOf(":"));
}
