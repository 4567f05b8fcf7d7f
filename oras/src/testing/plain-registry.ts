import { type Registry, startRegistry } from "../registry/start.js";

/**
 * The embedded registry as registries were before distribution 1.1: no referrers API, so that what refers to a manifest
 * is listed under a tag.
 */
export function startRegistryWithoutReferrers(): Promise<Registry> {
  return startRegistry({
    faults: ({ method, path }) => {
      if (path.includes("/referrers/")) return { type: "status", status: 404 };
      if (method === "PUT" && path.includes("/manifests/")) {
        return { type: "headers", headers: { "oci-subject": "" } };
      }
      return undefined;
    },
  });
}
