import { MeshwasmError } from "../errors.js";
import { isLoopback } from "./options.js";

/**
 * The proxy that the environment names for a URL, as other clients read it: `HTTPS_PROXY` for https, `HTTP_PROXY` for http,
 * not for what `NO_PROXY` lists (host names with their subdomains, `HOST:PORT`, `*`), also in lower case, which wins.
 * Undefined: none. This machine is never asked for through a proxy.
 * @throws MeshwasmError OPTION_INVALID for a proxy that is no http or https URL.
 */
export function proxyFor(url: URL): URL | undefined {
  const proxy = proxyNamed(url.protocol === "https:" ? "https_proxy" : "http_proxy");
  return isLoopback(url.host) || isExcepted(url) ? undefined : proxy;
}

function proxyNamed(name: "http_proxy" | "https_proxy"): URL | undefined {
  const value = fromEnvironment(name);
  if (value === undefined) return undefined;
  // A proxy is often written without its scheme.
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  // Its text is not repeated: it may hold a password.
  throw new MeshwasmError(
    "OPTION_INVALID",
    `the environment variable ${name.toUpperCase()} is no http or https URL`,
    {
      hint: "write http://HOST:PORT, or take the variable away",
    },
  );
}

function isExcepted({ hostname, port, protocol }: URL): boolean {
  const entries = (fromEnvironment("no_proxy") ?? "").toLowerCase().split(/[\s,]+/);
  return entries.filter(Boolean).some((entry) => {
    const [, name = "", wantedPort] = /^(.*?)(?::([0-9]+))?$/.exec(entry) ?? [];
    if (wantedPort !== undefined && wantedPort !== (port || (protocol === "https:" ? "443" : "80")))
      return false;
    const domain = name.replace(/^\*?\./, "");
    return domain === "*" || hostname === domain || hostname.endsWith(`.${domain}`);
  });
}

function fromEnvironment(name: string): string | undefined {
  return process.env[name] || process.env[name.toUpperCase()] || undefined;
}
