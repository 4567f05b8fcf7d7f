/** The shapes of filter.yaml, after `loadFilter` has checked them. */

/** Which of Envoy's filter chains the module is for. */
export type FilterKind = "http" | "network";

/** Istio's names of the places in a chain, in the chain's order. */
export const filterPhases = ["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"] as const;

/** Where in the chain the filter wants to stand, as Istio names it. */
export type FilterPhase = (typeof filterPhases)[number];

/** filter.yaml: who the filter is. */
export interface FilterManifest {
  /** Lower-case letters, digits and hyphens; also the default `rootId`. */
  name: string;
  /** A semantic version. */
  version: string;
  kind: FilterKind;
  description?: string;
  /** The id that the filter registers itself under. */
  rootId: string;
  phase: FilterPhase;
  /** An SPDX expression. */
  license?: string;
  /** A URL of the source code. */
  source?: string;
  keywords: string[];
}

/** A filter's folder on disk. */
export interface Filter {
  /** Absolute path of the folder. */
  dir: string;
  manifest: FilterManifest;
  /** filter.yaml as it is on disk. */
  manifestText: string;
  /** Absolute path of config.schema.json; absent: the filter has none. */
  schemaPath?: string;
  /** Absolute path of the filter's entry, assembly/index.ts. */
  entry: string;
  /** Absolute path where `meshwasm build` puts the module: build/filter.wasm. */
  wasm: string;
}
