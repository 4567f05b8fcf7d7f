import type { Credentials } from "../options.js";
import type { Transport } from "../transport.js";
import { parseChallenges } from "./challenge.js";
import { type Access, scopesFor } from "./scope.js";
import { basicHeader, fetchToken } from "./token.js";

/** What an {@link Authenticator} acts for. */
export interface AuthenticatorOptions {
  host: string;
  repository: string;
  access: Access;
  plainHttp: boolean;
  /** Asked when the registry wants to know; undefined: anonymous, which may still get a bearer token. */
  credentials: () => Promise<Credentials | undefined>;
}

/** Answers the challenges of one repository and remembers the answer. */
export interface Authenticator {
  /** The `Authorization` header to send; undefined before the first challenge. */
  current(): string | undefined;
  /**
   * Answers the `WWW-Authenticate` header of a 401. Of several requests at once one asks for a token for all.
   * @param sent the `Authorization` header that was refused; undefined: none was sent.
   * @returns the header to try again with; undefined when there is nothing better to send than that.
   */
  answer(header: string | undefined, sent: string | undefined): Promise<string | undefined>;
}

/**
 * Nothing is sent unasked: the first request goes without credentials, and the registry's challenge decides
 * between Basic and a bearer token. Bearer is preferred, since the password then stays with the token service.
 */
export function createAuthenticator(transport: Transport, options: AuthenticatorOptions): Authenticator {
  const { repository, access } = options;
  let authorization: string | undefined;
  let asking: Promise<string | undefined> | undefined;
  const ask = async (header: string | undefined) => {
    const challenges = parseChallenges(header ?? "");
    const credentials = await options.credentials();
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer) {
      const scopes = scopesFor(repository, access, bearer.params.get("scope"));
      const token = await fetchToken(transport, { ...options, credentials, challenge: bearer, scopes });
      return `Bearer ${token}`;
    }
    const isBasic = challenges.some(({ scheme }) => scheme === "basic");
    // An identity token alone is nothing that Basic could carry.
    if (!isBasic || !credentials?.username) return undefined;
    if (credentials.identityToken !== undefined && credentials.password === "") return undefined;
    return basicHeader(credentials);
  };
  return {
    current: () => authorization,
    answer: async (header, sent) => {
      // Another request was refused before, and has the answer already.
      if (authorization !== sent) return authorization;
      asking ??= ask(header).finally(() => {
        asking = undefined;
      });
      const answer = await asking;
      if (answer === undefined || answer === sent) return undefined;
      authorization = answer;
      return answer;
    },
  };
}
