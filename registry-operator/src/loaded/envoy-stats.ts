/** One plugin configuration that an Envoy has loaded. */
export interface LoadedPlugin {
  /** Of the FilterDeployment, see `filterId`. */
  id: string;
  revision: string;
  /** `sha256:…` */
  moduleDigest: string;
  attempt: number;
  /** How often its VM crashed and was made anew, or could not be; counted only with the failure policy FailReload. */
  reloads: number;
}

/**
 * Envoy's names in the Prometheus format: all but letters, digits and _ is written as _. This stat exists exactly while
 * the plugin configuration of that name is loaded. Beside it are the counters of what became of reloads.
 */
const pattern =
  /^envoy_wasm_meshwasm_([0-9a-f]{10})_(r_[0-9a-f]{10})_sha256_([0-9a-f]{64})_([0-9]{1,9})_vm_reload(_success|_failure)?(?:\{[^}]*\})? (\d+)/gm;

/** As `namedNoopConfig` names it. It stays as long as the listener. */
const noopPattern = /meshwasm_([0-9a-f]{10})_noop_rbac_allowed/g;

/** The FilterDeployments, by their ids, whose content that does nothing an Envoy has once taken. */
export function noopsTaken(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(noopPattern)].map(([, id = ""]) => id));
}

/** Which of our plugins an Envoy has loaded, from its stats in the Prometheus text format; each once. */
export function loadedPlugins(text: string): LoadedPlugin[] {
  const found = new Map<string, LoadedPlugin>();
  const reloads = new Map<string, number>();
  for (const [, id = "", revision = "", hex = "", attempt = "", outcome, count] of text.matchAll(pattern)) {
    const name = `${id} ${revision} ${hex} ${attempt}`;
    if (outcome !== undefined) {
      reloads.set(name, (reloads.get(name) ?? 0) + Number(count));
      continue;
    }
    found.set(name, {
      id,
      revision: revision.replace("_", "-"),
      moduleDigest: `sha256:${hex}`,
      attempt: Number(attempt),
      reloads: 0,
    });
  }
  return [...found].map(([name, plugin]) => ({ ...plugin, reloads: reloads.get(name) ?? 0 }));
}
