import type {
  CalloutAnswer,
  Cluster,
  ConfigInput,
  ConnectionScript,
  HostOptions,
  RequestInput,
  ResponseInput,
} from "@meshwasm/sdk/host";
import type { TestedModule } from "../test/tested-module.js";
import type {
  Case,
  CaseAnswer,
  CaseConnection,
  CaseFile,
  CaseHeaders,
  CaseMessage,
  CasePiece,
  CaseRequest,
  CaseResponse,
  Scalar,
} from "./cases.js";

/** How the host for a case is set up. */
export function hostOptions(module: TestedModule, file: Omit<CaseFile, "cases">, each: Case): HostOptions {
  return {
    rootId: module.rootId,
    ...(module.sourceMap !== undefined && { sourceMap: module.sourceMap }),
    pluginName: module.name,
    pluginConfig: (each.config ?? file.config ?? "") as ConfigInput,
    clusters: clusters({ ...file.clusters, ...each.clusters }),
    properties: properties({ ...file.properties, ...each.properties }),
  };
}

/** A case's request as the host takes it. */
export function requestInput({ headers, trailers, body, ...rest }: CaseRequest): RequestInput {
  return { ...rest, ...parts({ headers, trailers, body }) };
}

/** A case's TCP conversation as the host takes it. */
export function connectionInput({ send, upstream, finish }: CaseConnection): ConnectionScript {
  const answers = Array.isArray(upstream) ? upstream.map(piece).values() : undefined;
  return {
    send: Array.isArray(send) ? send.map(piece) : piece(send),
    ...(finish && { finish }),
    // An empty answer is none, and not an event without bytes.
    ...(answers && { upstream: () => answers.next().value || undefined }),
  };
}

/** A case's response as the host takes it. */
export function responseInput({ headers, trailers, body, ...rest }: CaseResponse): ResponseInput {
  return { ...rest, ...parts({ headers, trailers, body }) };
}

type Parts = { [Key in "headers" | "trailers" | "body"]: CaseMessage[Key] | undefined };

function parts({ headers, trailers, body }: Parts) {
  return {
    ...(headers && { headers: texts(headers) }),
    ...(trailers && { trailers: texts(trailers) }),
    ...(body !== undefined && { body: Array.isArray(body) ? body.map(piece) : piece(body) }),
  };
}

function piece(body: CasePiece): string | Uint8Array {
  return typeof body === "string" ? body : Buffer.from(body.base64, "base64");
}

function texts(headers: CaseHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
}

function clusters(all: NonNullable<CaseFile["clusters"]>): Record<string, Cluster> {
  return Object.fromEntries(
    Object.entries(all).map(([name, answer]): [string, Cluster] => {
      if (answer === "down") return [name, answer];
      return [name, Array.isArray(answer) ? inTurn(answer) : calloutAnswer(answer)];
    }),
  );
}

function inTurn(answers: readonly CaseAnswer[]): Cluster {
  let next = 0;
  return () => calloutAnswer(answers[Math.min(next++, answers.length - 1)] ?? {});
}

function calloutAnswer(answer: CaseAnswer): CalloutAnswer {
  return typeof answer === "string" ? answer : responseInput(answer);
}

/** YAML's whole numbers are ints to Envoy, others doubles. */
function properties(all: Record<string, Scalar>): Record<string, string | bigint | number | boolean> {
  return Object.fromEntries(
    Object.entries(all).map(([path, value]) => [path, Number.isInteger(value) ? BigInt(value) : value]),
  );
}
