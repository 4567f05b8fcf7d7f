import { fileURLToPath } from "node:url";
import { startRegistry } from "@meshwasm/oras/registry";
import { ensureGoProgram } from "../../../scripts/setup/go.mjs";
import { interopPrograms } from "../../../scripts/setup/interop.mjs";
import { startDockerRegistry, tester } from "../../cli/docker-registry.js";
import { type Cleanup, type Place, startServer } from "./place.js";
import { issuer, service, startTokenServer } from "./token-server.js";

// Self-signed for loopback, valid for a century; its key is public and protects nothing.
const testdata = fileURLToPath(new URL("../../../oras/src/remote/testdata/", import.meta.url));
const identity = { certFile: `${testdata}localhost.crt`, keyFile: `${testdata}localhost.key` };

/** A registry of the matrix: `start` answers undefined where it is not installed. */
export const registries: { name: string; start: (t: Cleanup) => Promise<Place | undefined> }[] = [
  { name: "docker-registry", start: (t) => dockerRegistry(t, "docker-registry", {}) },
  {
    name: "docker-registry, htpasswd",
    start: (t) => dockerRegistry(t, "docker-registry, htpasswd", { auth: true }),
  },
  {
    name: "docker-registry, TLS, tokens",
    start: async (t) => {
      const realm = await startTokenServer(t, identity, tester);
      const token = { realm, service, issuer, rootcertbundle: identity.certFile };
      return dockerRegistry(t, "docker-registry, TLS, tokens", { tls: identity, token });
    },
  },
  {
    name: "go-containerregistry",
    start: async (t) => {
      const program = await ensureGoProgram(interopPrograms.registry, { install: false });
      if (program === undefined) return undefined;
      const host = await startServer(t, program, []);
      return { name: "go-containerregistry", host, hasReferrersApi: true };
    },
  },
  {
    name: "embedded",
    start: async (t) => {
      const registry = await startRegistry();
      t.after(() => registry.close());
      return { name: "embedded", host: registry.host, hasReferrersApi: true };
    },
  },
];

type DockerOptions = Parameters<typeof startDockerRegistry>[1];

async function dockerRegistry(
  t: Cleanup,
  name: string,
  options: Partial<DockerOptions>,
): Promise<Place | undefined> {
  const host = await startDockerRegistry(t, { auth: false, ...options });
  if (host === undefined) return undefined;
  return {
    name,
    // Clients that trust no address take the registry's name for its token service.
    host: options.tls ? host.replace("127.0.0.1", "localhost") : host,
    hasReferrersApi: false,
    ...(options.auth || options.token ? { credentials: tester } : {}),
    ...(options.tls ? { caFile: identity.certFile } : {}),
  };
}
