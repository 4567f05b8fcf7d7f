import { MeshwasmError } from "../errors.js";
import { type KubeClient, type KubeObject, wellKnown } from "../kube/index.js";

/** Tells which node's agent a token belongs to. */
export interface TokenReviewer {
  /** @throws MeshwasmError TokenInvalid; those of the API server */
  nodeOf(token: string, signal?: AbortSignal): Promise<string>;
}

/** Who the agents are. */
export interface AgentIdentity {
  /** Absent: `meshwasm-system`. */
  namespace?: string | undefined;
  /** Name of the agents' ServiceAccount. Absent: `meshwasm-agent`. */
  serviceAccount?: string | undefined;
  /** Audience of their projected token. Absent: `meshwasm`. */
  audience?: string | undefined;
}

/** The audience that a token must be for, so that one that leaks from here opens nothing else. */
export const tokenAudience = "meshwasm";
/** Name of the agents' ServiceAccount. */
export const agentServiceAccount = "meshwasm-agent";

/** What the API server says about the node of a pod-bound token; since Kubernetes 1.30. */
const nodeNameKey = "authentication.kubernetes.io/node-name";

interface TokenReview extends KubeObject {
  spec: { token: string; audiences: string[] };
  status?: {
    authenticated?: boolean;
    audiences?: string[];
    user?: { username?: string; extra?: Record<string, string[]> };
  };
}

/** Asks the API server. The node's name is the server's word, never the agent's. */
export class KubeTokenReviewer implements TokenReviewer {
  readonly #client: KubeClient;
  readonly #agent: AgentIdentity;

  constructor(client: KubeClient, agent: AgentIdentity = {}) {
    this.#client = client;
    this.#agent = agent;
  }

  async nodeOf(token: string, signal?: AbortSignal): Promise<string> {
    const {
      namespace = "meshwasm-system",
      serviceAccount = agentServiceAccount,
      audience = tokenAudience,
    } = this.#agent;
    const review: TokenReview = { metadata: { name: "" }, spec: { token, audiences: [audience] } };
    const { status } = await this.#client.create(wellKnown.tokenReviews, review, { signal });
    if (!status?.authenticated || !status.audiences?.includes(audience)) {
      throw refused("the API server does not accept the token for this audience");
    }
    const expected = `system:serviceaccount:${namespace}:${serviceAccount}`;
    const { username = "", extra = {} } = status.user ?? {};
    if (username !== expected) throw refused(`the token is of ${username}, not of ${expected}`);
    const [node, more] = extra[nodeNameKey] ?? [];
    if (!node || more !== undefined) throw refused("the token is not bound to a pod on a node");
    return node;
  }
}

function refused(problem: string): MeshwasmError {
  return new MeshwasmError("TokenInvalid", problem, {
    hint: `agents need a projected token with audience ${tokenAudience}, on Kubernetes 1.30 or later`,
  });
}
