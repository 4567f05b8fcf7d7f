import { MeshwasmError } from "../errors.js";
import { timeoutCodes } from "./exchange.js";
import { markPassing } from "./retry.js";

const certificateHint =
  "trust its certificate authority with a CA file, or skip verification with --insecure if you must";

/**
 * Says in one line why a request got no answer, or not all of it: refused, unresolved, timed out, cut off, TLS.
 * Broken connections are marked as passing; refusals and TLS failures are not, since waiting rarely helps.
 */
export function networkError(
  cause: unknown,
  host: string,
  signal: AbortSignal | undefined,
  timeouts: { connectTimeoutMs: number; idleTimeoutMs: number },
): MeshwasmError {
  if (cause instanceof MeshwasmError) return cause;
  if (signal?.aborted) return new MeshwasmError("ABORTED", `the request to ${host} was aborted`, { cause });
  const code = codeOf(cause);
  const unreachable = (text: string, hint?: string) =>
    new MeshwasmError("REGISTRY_UNREACHABLE", `registry ${host} ${text}`, { cause, hint });
  const timeout = (text: string) =>
    markPassing(new MeshwasmError("REGISTRY_TIMEOUT", `registry ${host} ${text}`, { cause }));
  const refusal = proxyRefusal(cause);
  if (refusal)
    return unreachable(refusal, "check HTTPS_PROXY, NO_PROXY and the proxy's user name and password");
  const tls = (text: string, hint: string) =>
    new MeshwasmError("TLS_FAILED", `registry ${host} ${text}`, { cause, hint });

  switch (code) {
    case "ECONNREFUSED":
      return unreachable("refused the connection", "check host and port, and that the registry runs");
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return unreachable(
        "is a host name that does not resolve",
        "check the spelling and the DNS of this machine",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return unreachable(`cannot be reached from this machine (${code})`);
    case timeoutCodes.connect:
    case "ETIMEDOUT":
      return timeout(`accepted no connection within ${timeouts.connectTimeoutMs} ms`);
    case timeoutCodes.headers:
      return timeout(`did not answer within ${timeouts.idleTimeoutMs} ms`);
    case timeoutCodes.body:
      return timeout(`sent nothing for ${timeouts.idleTimeoutMs} ms`);
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return markPassing(unreachable("closed the connection before the end"));
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return tls("does not speak TLS", "if it serves plain HTTP on purpose, use --plain-http");
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return tls("has a certificate for another host name", certificateHint);
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return tls(`has a certificate that is out of date (${code})`, certificateHint);
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return tls(`has a certificate that is not trusted (${code})`, certificateHint);
  if (/^(ERR_SSL|ERR_TLS)/.test(code)) return tls(`failed the TLS handshake (${code})`, certificateHint);
  if (code.startsWith("HPE_"))
    return new MeshwasmError("REGISTRY_ERROR", `${host} does not answer in HTTP`, { cause });
  return unreachable(`could not be asked (${code || "unknown network error"})`);
}

// The tunnel's library says it in words only.
function proxyRefusal(cause: unknown): string | undefined {
  const status = /^Bad response: (\d+)$/.exec(cause instanceof Error ? cause.message : "")?.[1];
  return status && `is behind a proxy that refused the connection (${status})`;
}

// A host with several addresses fails with one error that holds those of each.
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? "" : codeOf(cause);
}
