import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Cleanup } from "./place.js";

/** What a token service signs with, and serves TLS with. */
export interface Identity {
  certFile: string;
  keyFile: string;
}

/** Of the tokens; docker-registry is told the same. */
export const issuer = "meshwasm-token-service";
/** The registry's own name in challenges and tokens. */
export const service = "meshwasm-registry";

/**
 * A token service over TLS for one user, who may pull from and push to whatever is asked for: the ORAS Python SDK
 * keeps its first token for all that follows.
 * See https://distribution.github.io/distribution/spec/auth/jwt/.
 * @returns its realm.
 */
export async function startTokenServer(
  t: Cleanup,
  identity: Identity,
  user: { username: string; password: string },
): Promise<string> {
  const [cert, key] = await Promise.all([readFile(identity.certFile), readFile(identity.keyFile)]);
  const expected = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;
  const server = createServer({ cert, key }, async (request, response) => {
    const form = await formOf(request);
    const isUser =
      request.headers.authorization === expected ||
      (form.get("username") === user.username && form.get("password") === user.password);
    if (!isUser) return void response.writeHead(401).end();
    const scopes = form.getAll("scope").flatMap((scope) => scope.split(" "));
    const token = tokenFor(cert, key, scopes);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ token, access_token: token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // By name: most clients send no password to an address of this machine.
  return `https://localhost:${(server.address() as AddressInfo).port}/token`;
}

// Some clients ask with a query, others with a form.
async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const query = new URL(request.url ?? "/", "https://token.invalid").searchParams;
  return request.method === "POST" ? new URLSearchParams(body) : query;
}

function tokenFor(cert: Buffer, key: Buffer, scopes: readonly string[]): string {
  const access = scopes.flatMap((scope) => {
    const [, type, name] = /^([^:]+):(.+):[^:]*$/.exec(scope) ?? [];
    return type ? [{ type, name, actions: ["pull", "push"] }] : [];
  });
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: "JWT", alg: "ES256", x5c: [new X509Certificate(cert).raw.toString("base64")] };
  const claims = { iss: issuer, sub: "tester", aud: service, exp: now + 300, nbf: now - 10, iat: now };
  const text = [header, { ...claims, jti: randomUUID(), access }].map(encode).join(".");
  const dsaEncoding = "ieee-p1363";
  const signature = sign("sha256", Buffer.from(text), { key: createPrivateKey(key), dsaEncoding });
  return `${text}.${signature.toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
