import type { TestContext } from "node:test";
import { type FaultSource, startRegistry } from "@meshwasm/oras/registry";
import { startDockerRegistry } from "../cli/docker-registry.js";

/** A registry that signatures are kept in. */
export interface Place {
  name: string;
  /** Starts it until the test ends; undefined: it is not installed, and the test was skipped. */
  start(t: TestContext): Promise<string | undefined>;
}

// As registries were before distribution 1.1.
const withoutReferrers: FaultSource = ({ method, path }) => {
  if (path.includes("/referrers/")) return { type: "status", status: 404 };
  if (method === "PUT" && path.includes("/manifests/")) {
    return { type: "headers", headers: { "oci-subject": "" } };
  }
  return undefined;
};

/** Every kind of registry: with the referrers API, without it, and the one that is everywhere. */
export const places: readonly Place[] = [
  { name: "a registry with the referrers API", start: (t) => startEmbedded(t) },
  { name: "a registry without it", start: (t) => startEmbedded(t, withoutReferrers) },
  {
    name: "Debian's docker-registry",
    start: async (t) => {
      const host = await startDockerRegistry(t, { auth: false });
      if (host) return host;
      const reason = "docker-registry is not installed: apt-get install docker-registry";
      if (process.env.CI === "true") throw new Error(reason);
      t.skip(reason);
      return undefined;
    },
  },
];

async function startEmbedded(t: TestContext, faults: FaultSource = []): Promise<string> {
  const registry = await startRegistry({ faults });
  t.after(() => registry.close());
  return registry.host;
}
