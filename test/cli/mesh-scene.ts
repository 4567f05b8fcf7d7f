import { join } from "node:path";
import { pack, push } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import { wat } from "../../sdk/host/testing/wat.js";
import { type Kubernetes, requireKubernetes, startKubernetes } from "../parts/kubernetes.js";
import { root } from "./run-cli.js";

export { requireKubernetes };

/** A real API server with the custom resources, and a registry with a filter `limit` in two versions. */
export interface MeshScene {
  kubernetes: Kubernetes;
  /** Environment of the CLI. */
  env: Record<string, string | undefined>;
  /** A reference to one of the filters. */
  ref(name: string, version: string): string;
  stop(): Promise<void>;
}

const schema = {
  type: "object",
  required: ["perSecond"],
  additionalProperties: false,
  properties: { perSecond: { type: "integer", minimum: 1 } },
};

/** Starts it; about 5 seconds. */
export async function startMeshScene(): Promise<MeshScene> {
  const registry = await startRegistry();
  const kubernetes = await startKubernetes();
  await kubernetes.kubectl(["apply", "--server-side", "-k", join(root, "registry-operator", "crds")]);
  const ref = (name: string, version: string) => `${registry.host}/filters/${name}:${version}`;
  for (const [name, version, files] of [
    ["limit", "1.0.0", { "config.schema.json": JSON.stringify(schema) }],
    ["limit", "1.1.0", { "config.schema.json": JSON.stringify(schema) }],
    ["plain", "1.0.0", {}],
    ["guard", "1.0.0", {}],
    ["guard", "1.1.0", {}],
  ] as const) {
    // The author of `guard` has another opinion with each version.
    const phase = name === "guard" ? `phase: ${version === "1.0.0" ? "AUTHZ" : "STATS"}\n` : "";
    const manifest = `name: ${name}\nversion: ${version}\nkind: http\n${phase}`;
    const all = Object.entries({ "filter.yaml": manifest, ...files });
    const wasm = wat(`(module (memory (export "memory") 1) (data (i32.const 0) "${name} ${version}"))`);
    await push(pack({ wasm, files: new Map(all.map(([file, text]) => [file, Buffer.from(text)])) }), [
      ref(name, version),
    ]);
  }
  return {
    ...{ kubernetes, ref },
    env: { KUBECONFIG: kubernetes.kubeconfig },
    stop: async () => {
      await registry.close();
      await kubernetes.stop();
    },
  };
}
