import { MeshwasmError } from "../../errors.js";
import { limits } from "../../limits.js";
import { readBounded } from "../body.js";
import { httpError } from "../http-error.js";
import type { Credentials } from "../options.js";
import type { HttpRequest, Transport } from "../transport.js";
import type { Challenge } from "./challenge.js";

/** What {@link fetchToken} needs to know. */
export interface TokenRequest {
  /** The registry, for messages. */
  host: string;
  /** Whether the registry itself is reached without TLS. */
  plainHttp: boolean;
  credentials: Credentials | undefined;
  challenge: Challenge;
  scopes: readonly string[];
}

/**
 * Gets a bearer token from the service that a challenge names, with the credentials if there are any: an identity
 * token as an OAuth2 refresh token, else user and password.
 * A service over plain HTTP is refused unless the registry is plain HTTP too.
 * See https://distribution.github.io/distribution/spec/auth/token/.
 * @throws MeshwasmError REGISTRY_UNAUTHORIZED when refused; REGISTRY_ERROR for an unusable realm or answer.
 */
export async function fetchToken(transport: Transport, request: TokenRequest): Promise<string> {
  const { host, credentials } = request;
  const url = realmUrl(request);
  const response = await transport.send(
    credentials?.identityToken === undefined
      ? plainRequest(url, request)
      : refreshRequest(url, request, credentials.identityToken),
  );
  if (response.status !== 200) {
    throw await httpError(response, {
      host: url.host,
      subject: `a token for ${host}`,
      username: credentials?.username,
      secrets: secretsOf(credentials),
    });
  }
  return tokenOf(
    await readBounded(response.body, limits.smallBodyBytes, `the token of ${url.host}`),
    url.host,
  );
}

// https://distribution.github.io/distribution/spec/auth/token/
function plainRequest(realm: URL, { challenge, scopes, credentials }: TokenRequest): HttpRequest {
  const url = new URL(realm);
  const service = challenge.params.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials) headers.authorization = basicHeader(credentials);
  return { method: "GET", url, headers };
}

// https://distribution.github.io/distribution/spec/auth/oauth/
function refreshRequest(url: URL, { challenge, scopes }: TokenRequest, identityToken: string): HttpRequest {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    service: challenge.params.get("service") ?? url.host,
    client_id: "meshwasm",
    scope: scopes.join(" "),
    refresh_token: identityToken,
  });
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url, headers, body: new TextEncoder().encode(form.toString()), staysHome: true };
}

/** Every text by which credentials could be recognised in what a server repeats. */
export function secretsOf(credentials: Credentials | undefined): string[] {
  if (!credentials) return [];
  const { password, identityToken } = credentials;
  const basic = basicHeader(credentials).slice("Basic ".length);
  return [password, identityToken, ...(password === "" ? [] : [basic])].filter((text) => !!text) as string[];
}

/**
 * The value of a Basic `Authorization` header.
 * See https://www.rfc-editor.org/rfc/rfc7617.
 */
export function basicHeader({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function realmUrl({ host, plainHttp, challenge }: TokenRequest): URL {
  const realm = challenge.params.get("realm") ?? "";
  const refuse = (problem: string) =>
    new MeshwasmError("REGISTRY_ERROR", `registry ${host} names a token service that ${problem}`);
  if (!URL.canParse(realm)) throw refuse("is no URL");
  const url = new URL(realm);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("is no http or https URL");
  if (url.username !== "" || url.password !== "") throw refuse("has a user name in its URL");
  if (url.protocol === "http:" && !plainHttp) throw refuse("is not protected by TLS");
  return url;
}

function tokenOf(bytes: Uint8Array, service: string): string {
  const { token, access_token } = parsedAnswer(bytes);
  const value = token ?? access_token;
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
    throw new MeshwasmError("REGISTRY_ERROR", `token service ${service} answered without a usable token`);
  }
  return value;
}

// No cause is kept: the parser's message could quote the token.
function parsedAnswer(bytes: Uint8Array): { token?: unknown; access_token?: unknown } {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof answer === "object" && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
