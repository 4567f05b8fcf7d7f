import { randomBytes } from "node:crypto";
import { failure, json, type Reply } from "./reply.js";
import type { RegistryRequest, RoutedRequest } from "./request.js";
import { routeOf } from "./router.js";

/** Who may use the registry. */
export interface RegistryAuth {
  /** `basic`: a password with each request; `token`: bearer tokens from the registry's own `/token`. */
  type: "basic" | "token";
  /** Password by user name. */
  users: Readonly<Record<string, string>>;
  /** User name by identity token, which `token` takes in place of a password. Absent: none. */
  identityTokens?: Readonly<Record<string, string>>;
  /** What requests without credentials may do, with `token`. Absent: nothing. */
  anonymous?: "pull";
  /** Seconds that a token is valid. Absent: 300. */
  tokenSeconds?: number;
}

/** Guards the registry. */
export interface Guard {
  /** The refusal of a request, or undefined when it may go on. */
  check(request: RegistryRequest): Reply | undefined;
  /** Answers `/token`; undefined when the request is for something else. */
  token(request: RoutedRequest): Reply | undefined;
}

const service = "meshwasm-registry";

/**
 * Builds the guard for `auth`; absent: everything is allowed.
 * See https://distribution.github.io/distribution/spec/auth/token/.
 * @param origin where the registry is reached, for the realm of token challenges.
 */
export function createGuard(auth: RegistryAuth | undefined, origin: () => string): Guard {
  if (!auth) return { check: () => undefined, token: () => undefined };
  if (auth.type === "basic") {
    const headers = { "www-authenticate": 'Basic realm="meshwasm"' };
    return {
      check: (request) =>
        userOf(auth, request) === undefined
          ? failure("UNAUTHORIZED", "authentication required", { headers })
          : undefined,
      token: () => undefined,
    };
  }
  return tokenGuard(auth, origin);
}

function tokenGuard(auth: RegistryAuth, origin: () => string): Guard {
  const issued = new Map<string, { access: Set<string>; expires: number }>();
  const seconds = auth.tokenSeconds ?? 300;
  return {
    check: (request) => {
      const needed = accessFor(request);
      const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? "")?.[1];
      const grant = bearer === undefined ? undefined : issued.get(bearer);
      const isValid = grant !== undefined && grant.expires > Date.now();
      if (isValid && needed.actions.every((action) => grant.access.has(`${needed.resource}:${action}`))) {
        return undefined;
      }
      const scope =
        needed.actions.length === 0 ? "" : `,scope="${needed.resource}:${needed.actions.join(",")}"`;
      const error = isValid ? ',error="insufficient_scope"' : "";
      const challenge = `Bearer realm="${origin()}/token",service="${service}"${scope}${error}`;
      return failure("UNAUTHORIZED", "authentication required", {
        headers: { "www-authenticate": challenge },
      });
    },
    token: (request) => {
      if (request.path !== "/token") return undefined;
      if (request.method !== "GET" && request.method !== "POST") {
        return failure("UNSUPPORTED", "tokens are fetched with GET or POST");
      }
      const form =
        request.method === "POST" ? new URLSearchParams(Buffer.from(request.body).toString()) : undefined;
      const isAnonymous = !form && request.headers.authorization === undefined;
      const user = form ? refreshUser(auth, form) : userOf(auth, request);
      if (user === undefined && !isAnonymous) return failure("UNAUTHORIZED", "wrong user name or password");
      const allowed = user === undefined ? [auth.anonymous].filter(Boolean) : ["pull", "push", "delete", "*"];
      const scopes = form ? (form.get("scope") ?? "").split(" ") : request.query.getAll("scope");
      const access = scopes.flatMap((scope) => granted(scope, allowed as string[]));
      const token = randomBytes(24).toString("base64url");
      issued.set(token, { access: new Set(access), expires: Date.now() + seconds * 1000 });
      return json(200, { token, access_token: token, expires_in: seconds });
    },
  };
}

// https://distribution.github.io/distribution/spec/auth/oauth/
function refreshUser({ identityTokens = {} }: RegistryAuth, form: URLSearchParams): string | undefined {
  const token = form.get("refresh_token") ?? "";
  const isComplete =
    form.get("grant_type") === "refresh_token" && form.has("service") && form.has("client_id");
  return isComplete && Object.hasOwn(identityTokens, token) ? identityTokens[token] : undefined;
}

function granted(scope: string, allowed: readonly string[]): string[] {
  const colon = scope.lastIndexOf(":");
  const actions = scope.slice(colon + 1).split(",");
  return actions
    .filter((action) => allowed.includes(action))
    .map((action) => `${scope.slice(0, colon)}:${action}`);
}

function accessFor(request: RegistryRequest): { resource: string; actions: string[] } {
  const route = routeOf(request.path);
  if (route?.kind === "catalog") return { resource: "registry:catalog", actions: ["*"] };
  if (!route || !("name" in route) || route.name === "") return { resource: "", actions: [] };
  const isRead = request.method === "GET" || request.method === "HEAD";
  const actions = request.method === "DELETE" ? ["delete"] : isRead ? ["pull"] : ["pull", "push"];
  return { resource: `repository:${route.name}`, actions };
}

function userOf(auth: RegistryAuth, request: RegistryRequest): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  const user = text.slice(0, colon);
  return colon > 0 && Object.hasOwn(auth.users, user) && auth.users[user] === text.slice(colon + 1)
    ? user
    : undefined;
}
