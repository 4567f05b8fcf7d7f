/** One plugin configuration that an Envoy has loaded. */
export interface LoadedPlugin {
  /** Of the FilterDeployment, see `filterId`. */
  id: string;
  revision: string;
  /** `sha256:…` */
  moduleDigest: string;
  attempt: number;
}

/**
 * Envoy's names in the Prometheus format: all but letters, digits and _ is written as _. This stat exists exactly while
 * the plugin configuration of that name is loaded.
 */
const pattern =
  /^envoy_wasm_meshwasm_([0-9a-f]{10})_(r_[0-9a-f]{10})_sha256_([0-9a-f]{64})_([0-9]{1,9})_vm_reload(?:\{[^}]*\})? /gm;

/** Which of our plugins an Envoy has loaded, from its stats in the Prometheus text format; each once. */
export function loadedPlugins(text: string): LoadedPlugin[] {
  const found = new Map<string, LoadedPlugin>();
  for (const [name, id = "", revision = "", hex = "", attempt = ""] of text.matchAll(pattern)) {
    found.set(name, {
      id,
      revision: revision.replace("_", "-"),
      moduleDigest: `sha256:${hex}`,
      attempt: Number(attempt),
    });
  }
  return [...found.values()];
}
