import { isIP } from "node:net";
import { MeshwasmError } from "../errors.js";

/** A place to listen on or to connect to. */
export interface HostPort {
  /** A name or an IP address, IPv6 without brackets. */
  host: string;
  /** 0 asks for a free port, where a server is meant. */
  port: number;
}

/** A server behind the filter. */
export interface Upstream extends HostPort {
  /** Whether connections to it are TLS, checked against the usual certificate authorities. */
  tls: boolean;
  /**
   * The Host header that HTTP requests to it get; absent: the client's own is kept. It is present for named hosts on other
   * machines, which mostly serve several sites and choose by it.
   */
  rewriteHost?: string;
}

/**
 * Reads `--listen`: `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`; without a host it is 127.0.0.1, port 0 is a free one.
 *
 * @throws MeshwasmError USAGE
 */
export function parseListen(text: string): HostPort {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? (match?.[2] || "127.0.0.1");
  const port = Number(match?.[3]);
  // Envoy binds to addresses only, so that a name other than localhost would fail late.
  const address = host === "localhost" ? "127.0.0.1" : host;
  if (!match || port > 65_535 || isIP(address) === 0) {
    throw new MeshwasmError(
      "USAGE",
      `--listen ${text} is not HOST:PORT with an IP address and a port up to 65535`,
      {
        hint: "for example --listen 127.0.0.1:8080",
      },
    );
  }
  return { host: address, port };
}

const defaultPorts: Record<string, number> = { "http:": 80, "https:": 443 };

/**
 * Reads `--upstream`: `http://HOST[:PORT]`, `https://HOST[:PORT]`, `tcp://HOST:PORT` or `HOST:PORT`. A path, a query and
 * credentials are refused, since nothing here would send them.
 *
 * @param flag what messages call the option
 * @throws MeshwasmError USAGE
 */
export function parseUpstream(text: string, flag = "--upstream"): Upstream {
  const wrong = (why: string) =>
    new MeshwasmError("USAGE", `${flag} ${text}: ${why}`, {
      hint: `for example ${flag} ${flag === "--cluster" ? "auth=" : ""}http://127.0.0.1:3000`,
    });
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `tcp://${text}`);
  } catch {
    throw wrong("is not a URL");
  }
  if (!["http:", "https:", "tcp:"].includes(url.protocol)) throw wrong("only http, https and tcp are known");
  if (url.pathname.length > 1 || url.search || url.hash) throw wrong("has a path, which is not supported");
  if (url.username || url.password) throw wrong("has credentials, which are not supported");
  const port = url.port ? Number(url.port) : defaultPorts[url.protocol];
  if (!url.hostname) throw wrong("has no host");
  if (!port) throw wrong("has no port");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const named = isIP(host) === 0 && host !== "localhost" && url.protocol !== "tcp:";
  return { host, port, tls: url.protocol === "https:", ...(named ? { rewriteHost: url.host } : {}) };
}

/** `HOST:PORT` as it stands in a URL: with brackets around IPv6. */
export function formatHostPort(at: HostPort): string {
  return at.host.includes(":") ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`;
}
