import { MeshwasmError } from "../errors.js";
import { isLoopback, type ResolvedOptions } from "./options.js";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "./undici.js";

/** Chooses connections for requests. */
export interface Connections {
  /** What carries a request to that host: directly, or through the proxy that the environment names for it. */
  to(host: string): Dispatcher;
  /** Closes all connections. */
  close(): Promise<void>;
}

/**
 * Opens connections as the options say. Proxies come from the environment, as other clients read it: `HTTPS_PROXY`,
 * `HTTP_PROXY`, `NO_PROXY` (host names with their subdomains, `HOST:PORT`, `*`), also in lower case, which wins. This
 * machine is never asked for through a proxy.
 * @throws MeshwasmError OPTION_INVALID for a proxy that is no http or https URL.
 */
export function openConnections(options: ResolvedOptions): Connections {
  const tls = {
    timeout: options.connectTimeoutMs,
    rejectUnauthorized: !options.insecure,
    ...(options.ca ? { ca: options.ca } : {}),
    ...options.clientCertificate,
  };
  const timeouts = { headersTimeout: options.idleTimeoutMs, bodyTimeout: options.idleTimeoutMs };
  const direct = new Agent({ ...timeouts, connect: tls });
  const [httpProxy, httpsProxy] = [proxyOf("http_proxy"), proxyOf("https_proxy")];
  if (httpProxy === undefined && httpsProxy === undefined) {
    return { to: () => direct, close: () => direct.destroy() };
  }
  const proxied = new EnvHttpProxyAgent({
    ...timeouts,
    connect: tls,
    requestTls: tls,
    proxyTls: { timeout: options.connectTimeoutMs, ...(options.ca ? { ca: options.ca } : {}) },
    // As curl and Go do it: a tunnel for TLS only, which is all that most proxies allow.
    proxyTunnel: false,
    // An empty text means none; absent it would look into the environment itself.
    httpProxy: httpProxy ?? "",
    httpsProxy: httpsProxy ?? "",
    noProxy: fromEnvironment("no_proxy") ?? "",
  });
  return {
    to: (host) => (isLoopback(host) ? direct : proxied),
    close: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}

function proxyOf(name: "http_proxy" | "https_proxy"): string | undefined {
  const value = fromEnvironment(name);
  if (value === undefined) return undefined;
  // A proxy is often written without its scheme.
  const text = value.includes("://") ? value : `http://${value}`;
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) return text;
  // Its text is not repeated: it may hold a password.
  throw new MeshwasmError(
    "OPTION_INVALID",
    `the environment variable ${name.toUpperCase()} is no http or https URL`,
    {
      hint: "write http://HOST:PORT, or take the variable away",
    },
  );
}

function fromEnvironment(name: string): string | undefined {
  return process.env[name] || process.env[name.toUpperCase()] || undefined;
}
