import type { TLSSocket } from "node:tls";
import { type AuthorityState, createKeyPair, keyToPem, signWith } from "./authority.js";
import { readSigningRequest } from "./signing-request.js";

/** In the subject of agents' certificates, so that none that the authority made for something else passes for one. */
const organization = "meshwasm:agents";

const hour = 3_600_000;
/** How long an agent's certificate is valid, in milliseconds; there is no revocation, so it is short. */
export const agentCertificateMs = 8 * hour;
/** How long the server's own certificate is valid; it makes itself a new one well before. */
export const serverCertificateMs = 24 * hour;

/**
 * Signs an agent's request.
 *
 * @param node the node that the agent has proven to run on
 * @returns PEM
 * @throws MeshwasmError CertificateInvalid
 */
export function signAgentRequest(
  state: AuthorityState,
  request: string,
  node: string,
  now = new Date(),
): string {
  const publicKey = readSigningRequest(request);
  const subject = { organization, commonName: node };
  return signWith(state, { subject, publicKey, use: "client" }, agentCertificateMs, now);
}

/** Makes the server's key and certificate for these hosts, with all that agents trust in `ca`. */
export function createServerCertificate(
  state: AuthorityState,
  hosts: readonly string[],
  now = new Date(),
): { key: string; cert: string } {
  const { publicKey, privateKey } = createKeyPair();
  const subject = { organization: "meshwasm:operator", commonName: "meshwasm-operator" };
  const cert = signWith(state, { subject, publicKey, use: "server", hosts }, serverCertificateMs, now);
  return { key: keyToPem(privateKey), cert };
}

/**
 * The node whose agent is at the other end; undefined: nobody who has proven it. A connection may outlive the
 * certificate that opened it, so its end is looked at for every request.
 */
export function nodeOfPeer(socket: TLSSocket, now = Date.now()): string | undefined {
  if (!socket.authorized) return undefined;
  const { subject, valid_to } = socket.getPeerCertificate();
  if (subject?.O !== organization || typeof subject.CN !== "string" || !(Date.parse(valid_to) > now))
    return undefined;
  return subject.CN;
}
