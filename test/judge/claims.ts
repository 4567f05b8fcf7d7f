import { BODY_CLAIMS } from "./claims/bodies.js";
import { CALLOUT_CLAIMS } from "./claims/callouts.js";
import { HEADER_CLAIMS } from "./claims/headers.js";
import { LIFE_CLAIMS } from "./claims/life.js";
import { WORLD_CLAIMS } from "./claims/world.js";

/**
 * Something that Envoy does and a naive host would not, and the cases that show it in both. A case is named `table: name`
 * ({@link ./claims/tables}); its lines stand in Envoy's recorded transcript, in that order, whatever is between them. Without
 * lines the case's own expectation says it.
 */
export interface Claim {
  readonly says: string;
  readonly cases: Readonly<Record<string, readonly string[]>>;
}

/** Claims about one part of the ABI. */
export interface ClaimGroup {
  readonly about: string;
  readonly claims: readonly Claim[];
}

/** How Envoy behaves where hosts are mostly wrong: everything that the host promises to do likewise. */
export const CLAIMS: readonly ClaimGroup[] = [
  ...HEADER_CLAIMS,
  ...BODY_CLAIMS,
  ...LIFE_CLAIMS,
  ...CALLOUT_CLAIMS,
  ...WORLD_CLAIMS,
];
