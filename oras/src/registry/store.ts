/** A manifest as pushed. */
export interface StoredManifest {
  mediaType: string;
  bytes: Uint8Array;
  /** What a referrer refers to; absent: it is none. */
  subject?: string;
  artifactType?: string;
  annotations?: Record<string, string>;
}

/** One repository in memory. */
export interface Repository {
  blobs: Map<string, Uint8Array>;
  manifests: Map<string, StoredManifest>;
  /** Tag to digest. */
  tags: Map<string, string>;
}

/** An upload that has been started but not completed. */
export interface Upload {
  id: string;
  name: string;
  chunks: Uint8Array[];
  /** Bytes received so far. */
  size: number;
}

/** Everything that the registry holds; gone when the process ends. */
export interface Store {
  repositories: Map<string, Repository>;
  uploads: Map<string, Upload>;
}

/** An empty store. */
export function createStore(): Store {
  return { repositories: new Map(), uploads: new Map() };
}

/** The repository of that name, made on first use: a push needs no preparation. */
export function openRepository(store: Store, name: string): Repository {
  let repository = store.repositories.get(name);
  if (!repository) {
    repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    store.repositories.set(name, repository);
  }
  return repository;
}
