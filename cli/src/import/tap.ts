import { MeshwasmError } from "../errors.js";
import type {
  RecordedHeaders,
  RecordedMessage,
  RecordedRequest,
  RecordedResponse,
} from "../record/recorded.js";
import type { JsonDocument } from "./json-documents.js";
import { isObject, listAt, objectAt, type Path, textAt } from "./read-value.js";

/** What one tap saw of an exchange. */
export interface TapTrace {
  /** Absent: a buffered trace, which has none. */
  id?: string;
  request?: RecordedRequest;
  response?: RecordedResponse;
  /** Whether Envoy left out a part of a body, since it went over the tap's limit. */
  truncated: boolean;
  /** `FILE:LINE:COLUMN` of its beginning. */
  place: () => string;
}

/**
 * Reads what Envoy's HTTP tap filter wrote as JSON (`JSON_BODY_AS_BYTES` or `JSON_BODY_AS_STRING`): buffered traces, one
 * for an exchange, and streamed ones, of which the segments are put together.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/data/tap/v3/wrapper.proto
 *
 * @throws MeshwasmError FILTER_INVALID that names line and column
 */
export function readTap(documents: readonly JsonDocument[]): TapTrace[] {
  const traces: TapTrace[] = [];
  const byId = new Map<string, TapTrace>();
  for (const document of documents) {
    const { value, place } = document;
    if (isObject(value) && isObject(value.http_buffered_trace)) {
      traces.push(bufferedTrace(document));
    } else if (isObject(value) && isObject(value.http_streamed_trace_segment)) {
      const id = String(value.http_streamed_trace_segment.trace_id ?? "");
      const trace = byId.get(id) ?? { id, truncated: false, place: () => place([]) };
      if (!byId.has(id)) traces.push(trace);
      byId.set(id, trace);
      addSegment(trace, document);
    } else {
      throw new MeshwasmError("FILTER_INVALID", `${place([])}: no trace of Envoy's HTTP tap filter`, {
        hint: "a trace has http_buffered_trace or http_streamed_trace_segment; the tap's format must be one of JSON",
      });
    }
  }
  return traces;
}

function bufferedTrace(document: JsonDocument): TapTrace {
  const trace: TapTrace = { truncated: false, place: () => document.place([]) };
  const path = ["http_buffered_trace"];
  for (const side of ["request", "response"] as const) {
    const message = objectAt(document, [...path, side]);
    if (!message) continue;
    const at = [...path, side];
    setHeaders(trace, side, headersAt(document, [...at, "headers"]));
    const body = message.body === undefined ? undefined : bodyAt(document, [...at, "body"], trace);
    const found = trace[side];
    if (!found) continue;
    if (body) found.body.push(body);
    found.trailers = headersAt(document, [...at, "trailers"]).filter(isOrdinary);
  }
  return trace;
}

const segments = {
  request_headers: ["request", "headers"],
  request_body_chunk: ["request", "body"],
  request_trailers: ["request", "trailers"],
  response_headers: ["response", "headers"],
  response_body_chunk: ["response", "body"],
  response_trailers: ["response", "trailers"],
} as const;

function addSegment(trace: TapTrace, document: JsonDocument): void {
  const root = ["http_streamed_trace_segment"];
  const segment = objectAt(document, root) ?? {};
  for (const [key, [side, part]] of Object.entries(segments)) {
    if (segment[key] === undefined) continue;
    const path = [...root, key];
    if (part === "headers") {
      setHeaders(trace, side, headersAt(document, [...path, "headers"]));
      continue;
    }
    const message: RecordedMessage | undefined = trace[side];
    if (!message)
      throw new MeshwasmError(
        "FILTER_INVALID",
        `${document.place(path)}: comes before the ${side}'s headers`,
      );
    if (part === "trailers") message.trailers = headersAt(document, [...path, "headers"]).filter(isOrdinary);
    else {
      const body = bodyAt(document, path, trace);
      if (body) message.body.push(body);
    }
  }
}

function setHeaders(trace: TapTrace, side: "request" | "response", all: RecordedHeaders): void {
  const value = (name: string) => all.find(([key]) => key === name)?.[1];
  // Envoy writes an empty message for a side that it did not see.
  if (all.length === 0) return;
  const message = { headers: all.filter(isOrdinary), body: [], trailers: [] };
  if (side === "response") trace.response = { ...message, status: Number(value(":status")) || 200 };
  else {
    trace.request = {
      ...message,
      method: value(":method") ?? "GET",
      path: value(":path") ?? "/",
      authority: value(":authority") ?? "",
      scheme: value(":scheme") ?? "http",
    };
  }
}

const isOrdinary = ([name]: [string, string]) => !name.startsWith(":");

function headersAt(document: JsonDocument, path: Path): RecordedHeaders {
  return listAt(document, path).map((_, index) => {
    const name = textAt(document, [...path, index, "key"]) ?? "";
    const raw = textAt(document, [...path, index, "raw_value"]) ?? "";
    const value = textAt(document, [...path, index, "value"]) ?? "";
    return [name, raw === "" ? value : Buffer.from(raw, "base64").toString("utf8")];
  });
}

/** Undefined: an empty body. */
function bodyAt(document: JsonDocument, path: Path, trace: TapTrace): Buffer | undefined {
  const body = objectAt(document, path) ?? {};
  trace.truncated ||= body.truncated === true;
  const text = textAt(document, [...path, "as_string"]);
  const bytes = Buffer.from(
    text ?? textAt(document, [...path, "as_bytes"]) ?? "",
    text === undefined ? "base64" : "utf8",
  );
  return bytes.length > 0 ? bytes : undefined;
}
