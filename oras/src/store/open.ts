import { LayoutStore } from "../layout/layout-store.js";
import { isLayoutReference, type Reference } from "../reference.js";
import type { Access } from "../remote/auth/scope.js";
import { type RemoteOptions, resolveRetries } from "../remote/options.js";
import { RepositoryClient } from "../remote/repository-client.js";
import type { Store } from "./store.js";

/**
 * Opens the place that a reference names; close it after use.
 * @param access what tokens are asked for, and whether a layout may be made.
 * @throws MeshwasmError OPTION_INVALID.
 */
export function openStore(reference: Reference, access: Access, options: RemoteOptions = {}): Store {
  if (!isLayoutReference(reference)) {
    return new RepositoryClient(reference.host, reference.repository, access, options);
  }
  const isSoleLatest = access === "pull" && reference.tag === undefined && reference.digest === undefined;
  return new LayoutStore(reference.path, { ...resolveRetries(options), access, isSoleLatest });
}
