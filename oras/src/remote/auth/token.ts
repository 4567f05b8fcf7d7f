import { MeshwasmError } from "../../errors.js";
import { limits } from "../../limits.js";
import { readBounded } from "../body.js";
import { httpError } from "../http-error.js";
import type { Credentials } from "../options.js";
import type { Transport } from "../transport.js";
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
 * Gets a bearer token from the service that a challenge names, with the credentials if there are any.
 * A service over plain HTTP is refused unless the registry is plain HTTP too.
 * See https://distribution.github.io/distribution/spec/auth/token/.
 * @throws MeshwasmError REGISTRY_UNAUTHORIZED when refused; REGISTRY_ERROR for an unusable realm or answer.
 */
export async function fetchToken(transport: Transport, request: TokenRequest): Promise<string> {
  const { host, credentials, challenge, scopes } = request;
  const url = realmUrl(request);
  const service = challenge.params.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials) headers.authorization = basicHeader(credentials);

  const response = await transport.send({ method: "GET", url, headers });
  if (response.status !== 200) {
    throw await httpError(response, {
      host: url.host,
      subject: `a token for ${host}`,
      username: credentials?.username,
      secret: credentials?.password,
    });
  }
  return tokenOf(
    await readBounded(response.body, limits.smallBodyBytes, `the token of ${url.host}`),
    url.host,
  );
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
