import type { Cluster } from "../../../sdk/host/callouts/clusters.js";
import { grpcScript } from "../../../sdk/host/testing/grpc-server.js";
import type { ScriptMessage } from "../script.js";
import { framed } from "./framing.js";

/** What the cluster `auth` answers to a callout, by path; anything else gets 200 without a body. */
export const ANSWERS: Readonly<Record<string, (ScriptMessage & { status?: number }) | "hang" | "cut">> = {
  "/body": {
    headers: [
      ["X-User", "jo"],
      ["x-user", "ann"],
    ],
    body: "welcome",
  },
  "/created": { status: 201, headers: [["location", "/x"]], body: "made" },
  "/empty": { status: 204 },
  "/denied": { status: 403, body: "no" },
  "/broken": { status: 500, body: "oops" },
  "/trailers": { body: "welcome", trailers: [["X-T", "1"]] },
  "/hang": "hang",
  "/cut": "cut",
};

/** Names that scripts use for the clusters of both engines: of HTTP, of gRPC, where nobody listens, and without hosts. */
export const CLUSTERS: Readonly<Record<string, Cluster>> = {
  auth: (request) => {
    const path = request.path.split("?")[0]!;
    if (path === "/echo")
      return inHost({
        body: echoedBody([`${request.method} ${request.path}`, ...plain(request), request.text()]),
      });
    const answer = ANSWERS[path] ?? {};
    if (answer === "hang") return "timeout";
    if (answer === "cut") return "reset";
    return { status: answer.status ?? 200, ...inHost(answer) };
  },
  grpc: { grpc: grpcScript },
  nobody: "unreachable",
  down: "down",
};

const plain = (request: { authority: string; headers: Iterable<readonly [string, string]> }) => [
  `host: ${request.authority}`,
  ...[...request.headers].map(([name, value]) => `${name}: ${value}`),
];

/** The answer of `/echo`: what reached the cluster. */
export const echoedBody = (lines: readonly string[]) =>
  lines.filter((line) => !/^(connection|transfer-encoding|x-request-id):/.test(line)).join("|");

function inHost(answer: ScriptMessage) {
  const { headers, pieces, trailers } = framed(answer, "response");
  return {
    headers: headers as [string, string][],
    ...(pieces.length === 0 ? {} : { body: [...pieces] }),
    ...(trailers === undefined ? {} : { trailers: trailers as [string, string][] }),
  };
}
