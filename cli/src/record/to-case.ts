import type {
  CaseAnswer,
  CaseBody,
  CaseFile,
  CaseHeaders,
  CaseMessage,
  CasePiece,
  CaseRequest,
  CaseResponse,
  CaseStep,
  Expectation,
  SeenHeadersTest,
  SeenMessageTest,
  SeenRequestTest,
} from "../cases/cases.js";
import type {
  Recorded,
  RecordedHeaders,
  RecordedMessage,
  RecordedRequest,
  RecordedResponse,
} from "./recorded.js";

/** What goes into the filter: a step without its expectation. */
export function inputOf(recorded: Recorded): CaseStep {
  if ("send" in recorded) {
    const { send, answers, closed } = recorded;
    const upstream = answers.map(pieceOf);
    const finish = closed === "remote" ? "reset" : closed === "local" ? "open" : undefined;
    return { connection: { send: send.map(pieceOf), upstream, ...(finish && { finish }) } };
  }
  const { request, upstream } = recorded;
  return { request: requestOf(request), ...(upstream && { upstream: responseOf(upstream) }) };
}

/** What came out of the filter. */
export function expectationOf(recorded: Recorded): Expectation {
  if ("send" in recorded) {
    const { forwarded, received, closed } = recorded;
    return { forwarded: pieceOf(forwarded), received: pieceOf(received), ...(closed && { closed }) };
  }
  const { request, forwarded, upstream, response, local, reset, callouts } = recorded;
  return {
    request: forwarded ? seenRequest(forwarded, request.headers) : null,
    ...(response && {
      response: { status: response.status, ...seenMessage(response, upstream?.headers ?? []) },
    }),
    ...(reset && { reset }),
    local,
    callouts: callouts.map(({ cluster, request }) => ({ cluster, ...seenRequest(request, []) })),
  };
}

/** What the clusters answered, in order; undefined: nobody asked them. */
export function clustersOf(all: readonly Recorded[]): CaseFile["clusters"] {
  const answers = new Map<string, CaseAnswer[]>();
  for (const { cluster, answer } of all.flatMap(({ callouts }) => callouts)) {
    const sofar = answers.get(cluster) ?? [];
    sofar.push(typeof answer === "string" ? answer : responseOf(answer));
    answers.set(cluster, sofar);
  }
  if (answers.size === 0) return undefined;
  return Object.fromEntries(
    [...answers].map(([cluster, each]) => [cluster, each.length === 1 ? (each[0] as CaseAnswer) : each]),
  );
}

function requestOf({ method, path, authority, scheme, ...message }: RecordedRequest): CaseRequest {
  return { method, path, authority, ...(scheme === "https" && { scheme }), ...messageOf(message) };
}

function responseOf({ status, ...message }: RecordedResponse): CaseResponse {
  return { status, ...messageOf(message) };
}

function messageOf({ headers, body, trailers }: RecordedMessage): CaseMessage {
  return {
    ...(headers.length > 0 && { headers: headersOf(headers) }),
    ...(body.length > 0 && { body: bodyOf(body, headers) }),
    ...(trailers.length > 0 && { trailers: headersOf(trailers) }),
  };
}

/** A body in one piece gets a `content-length` by itself; a list of one piece does not. */
function bodyOf(body: readonly Buffer[], headers: RecordedHeaders): CaseBody {
  const pieces = body.map(pieceOf);
  const hasLength = headers.some(([name]) => name === "content-length");
  return pieces.length === 1 && hasLength ? (pieces[0] as CasePiece) : pieces;
}

function pieceOf(piece: Buffer): CasePiece {
  return textOf(piece) ?? { base64: piece.toString("base64") };
}

/** Undefined: the bytes are no UTF-8, or no text that a person could read in a file. */
function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  const unreadable = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\uFEFF]/;
  return Buffer.from(text).equals(bytes) && !unreadable.test(text) ? text : undefined;
}

function headersOf(headers: RecordedHeaders): CaseHeaders {
  return Object.fromEntries(
    Object.entries(byName(headers)).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] as string) : values,
    ]),
  );
}

function byName(headers: RecordedHeaders): Record<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of headers) found.set(name, [...(found.get(name) ?? []), value]);
  return Object.fromEntries(found);
}

function seenRequest(
  { method, path, authority, ...message }: RecordedRequest,
  sent: RecordedHeaders,
): SeenRequestTest {
  return { method, path, authority, ...seenMessage(message, sent) };
}

/** @param sent those that came to the filter: which of them it took away is said too */
function seenMessage({ headers, body, trailers }: RecordedMessage, sent: RecordedHeaders): SeenMessageTest {
  const bytes = Buffer.concat(body);
  const there = new Set(headers.map(([name]) => name));
  const gone = sent.filter(([name]) => !there.has(name)).map(([name]) => [name, null]);
  const tests: SeenHeadersTest = { ...headersOf(headers), ...Object.fromEntries(gone) } as SeenHeadersTest;
  return {
    ...(Object.keys(tests).length > 0 && { headers: tests }),
    body: textOf(bytes) ?? { base64: bytes.toString("base64") },
    ...(trailers.length > 0 && { trailers: headersOf(trailers) as SeenHeadersTest }),
  };
}
