/** The operator's own certificate authority, and how agents get their certificates. */

export {
  createServerCertificate,
  nodeOfPeer,
  serverCertificateMs,
  signAgentRequest,
} from "./agent-certificates.js";
export {
  type AuthorityState,
  type AuthorityTimes,
  advanceAuthority,
  bundleOf,
  createKeyPair,
  keyToPem,
} from "./authority.js";
export { type AuthoritySource, authorityNames, KubeAuthority } from "./kube-authority.js";
export { createSigningRequest } from "./signing-request.js";
export {
  type AgentIdentity,
  agentServiceAccount,
  KubeTokenReviewer,
  type TokenReviewer,
  tokenAudience,
} from "./token-review.js";
