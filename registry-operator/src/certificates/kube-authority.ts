import { isKubeError, type KubeClient, type KubeObject, wellKnown } from "../kube/index.js";
import {
  type AuthorityState,
  type AuthorityTimes,
  advanceAuthority,
  bundleOf,
  readAuthority,
  writeAuthority,
} from "./authority.js";

/** The Secret that holds the authority's keys, and the ConfigMap with the certificates that agents trust. */
export const authorityNames = {
  secret: "meshwasm-authority",
  configMap: "meshwasm-ca",
  bundleKey: "ca.crt",
} as const;

/** Where the authority comes from. */
export interface AuthoritySource {
  /** The authority as it is now: made, rotated and published when it is time for that. */
  load(signal?: AbortSignal): Promise<AuthorityState>;
}

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

/** An authority that several operators share: of two that write at once, the server refuses one, which then reads. */
export class KubeAuthority implements AuthoritySource {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #times: AuthorityTimes;

  /** @param namespace the operator's own */
  constructor(client: KubeClient, namespace: string, times: AuthorityTimes = {}) {
    this.#client = client;
    this.#namespace = namespace;
    this.#times = times;
  }

  /** @throws KubeError, MeshwasmError KubeUnreachable */
  async load(signal?: AbortSignal): Promise<AuthorityState> {
    const state = await this.#advance(signal);
    await this.#publish(bundleOf(state), signal);
    return state;
  }

  async #advance(signal?: AbortSignal): Promise<AuthorityState> {
    const metadata = { namespace: this.#namespace, name: authorityNames.secret };
    for (let attempt = 1; ; attempt++) {
      const found = await this.#client.find<Secret>(wellKnown.secrets, metadata, signal);
      const before = found && readAuthority(decoded(found.data ?? {}));
      const after = advanceAuthority(before, new Date(), this.#times);
      if (after === before) return after;
      const secret = { metadata, type: "Opaque", ...found, data: encoded(writeAuthority(after)) };
      try {
        if (found) await this.#client.update(wellKnown.secrets, secret, { signal });
        else await this.#client.create(wellKnown.secrets, secret, { signal });
        return after;
      } catch (error) {
        if (!isKubeError(error, 409) || attempt === 5) throw error;
      }
    }
  }

  async #publish(bundle: string, signal?: AbortSignal): Promise<void> {
    const metadata = { namespace: this.#namespace, name: authorityNames.configMap };
    const data = { [authorityNames.bundleKey]: bundle };
    const found = await this.#client.find<ConfigMap>(wellKnown.configMaps, metadata, signal);
    if (found?.data?.[authorityNames.bundleKey] === bundle) return;
    const configMap: ConfigMap = { metadata, data };
    await this.#client.apply(wellKnown.configMaps, configMap, { signal });
  }
}

function decoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

function encoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
}
