import { type Agent as AnyAgent, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { ResolvedOptions } from "./options.js";
import { proxyFor } from "./proxy-environment.js";

/** How a request travels. */
export interface Route {
  /** Keeps the connections. */
  agent: AnyAgent;
  /** The proxy that is asked for the whole URL; absent: the server itself is asked, maybe through a tunnel. */
  proxy?: URL | undefined;
}

/** Chooses connections for requests. */
export interface Connections {
  /** How a request to that URL travels: directly, or through the proxy that the environment names for it. */
  routeTo(url: URL): Promise<Route>;
  /** Closes all connections. */
  close(): void;
}

/** Opens connections as the options say. `routeTo` throws what {@link proxyFor} throws. */
export function openConnections(options: ResolvedOptions): Connections {
  const tls = {
    rejectUnauthorized: !options.insecure,
    ...(options.ca ? { ca: options.ca } : {}),
    ...options.clientCertificate,
  };
  const agents = new Map<string, AnyAgent>();
  const agentFor = async (name: string, make: () => AnyAgent | Promise<AnyAgent>) => {
    const agent = agents.get(name) ?? (await make());
    agents.set(name, agent);
    return agent;
  };
  const plain = () => agentFor("http", () => new HttpAgent({ keepAlive: true }));
  return {
    async routeTo(url) {
      const proxy = proxyFor(url);
      if (url.protocol === "http:") {
        // A tunnel is for TLS only, which is all that most proxies allow.
        if (proxy?.protocol !== "https:") return { agent: await plain(), proxy };
        const ca = options.ca ? { ca: options.ca } : {};
        return {
          agent: await agentFor("to the proxy", () => new HttpsAgent({ keepAlive: true, ...ca })),
          proxy,
        };
      }
      if (!proxy)
        return { agent: await agentFor("https", () => new HttpsAgent({ keepAlive: true, ...tls })) };
      return { agent: await agentFor(`through ${proxy.href}`, () => tunnel(proxy, tls, options)) };
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

async function tunnel(proxy: URL, tls: object, { ca, connectTimeoutMs }: ResolvedOptions): Promise<AnyAgent> {
  // Few need it, and all would load it.
  const { HttpsProxyAgent } = await import("hpagent");
  const proxyRequestOptions = ca ? { ca } : {};
  return new HttpsProxyAgent({
    keepAlive: true,
    ...tls,
    proxy,
    proxyRequestOptions,
    timeout: connectTimeoutMs,
  });
}
