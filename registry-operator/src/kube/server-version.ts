import type { KubeClient } from "./client.js";

/** A cluster is upgraded while the operator runs. */
const freshMillis = 10 * 60_000;
const againMillis = 10_000;

/**
 * What version of Kubernetes the API server is. Everybody may ask it that.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
 */
export class ServerVersion {
  readonly #client: Pick<KubeClient, "version">;
  readonly #onNews: () => void;
  readonly #now: () => number;
  #minor: number | undefined;
  #asked = Number.NEGATIVE_INFINITY;

  /**
   * @param onNews called when it is another one than before
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(client: Pick<KubeClient, "version">, onNews: () => void, now = () => performance.now()) {
    this.#client = client;
    this.#onNews = onNews;
    this.#now = now;
  }

  /** The minor version, of Kubernetes 1; undefined: not known yet. Nobody is waited for. */
  minor(): number | undefined {
    const wait = this.#minor === undefined ? againMillis : freshMillis;
    if (this.#now() - this.#asked >= wait) void this.refresh();
    return this.#minor;
  }

  /** Asks; a failure leaves what is known. */
  async refresh(): Promise<void> {
    this.#asked = this.#now();
    try {
      const minor = minorOf(await this.#client.version());
      const isNews = minor !== this.#minor;
      this.#minor = minor;
      if (isNews) this.#onNews();
    } catch {
      // It is asked again.
    }
  }
}

/** Some providers write `35+`. Undefined: no version of Kubernetes 1. */
function minorOf({ major, minor }: { major?: string; minor?: string }): number | undefined {
  const number = Number.parseInt(minor ?? "", 10);
  return major === "1" && Number.isSafeInteger(number) ? number : undefined;
}
