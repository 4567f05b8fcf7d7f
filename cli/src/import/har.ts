import { MeshwasmError } from "../errors.js";
import type { RecordedHeaders, RecordedRequest, RecordedResponse } from "../record/recorded.js";
import type { Imported } from "./imported.js";
import type { JsonDocument } from "./json-documents.js";
import { listAt, numberAt, objectAt, type Path, textAt } from "./read-value.js";

/**
 * Reads an HTTP archive, as browsers and proxies write it. Its bodies are decoded: what says how they were encoded on the
 * wire is left out.
 * http://www.softwareishard.com/blog/har-12-spec/
 *
 * @throws MeshwasmError FILTER_INVALID that names line and column
 */
export function readHar(document: JsonDocument): Imported[] {
  const path = ["log", "entries"];
  return listAt(document, path).map((_, index) => ({
    ...entryAt(document, [...path, index]),
    number: index + 1,
  }));
}

function entryAt(document: JsonDocument, path: Path): Omit<Imported, "number"> {
  const place = () => document.place(path);
  const request = requestAt(document, [...path, "request"]);
  const what = `${request.method} ${request.path.split("?")[0]}`;
  const status = numberAt(document, [...path, "response", "status"]) ?? 0;
  // What a browser writes for a request that it blocked, or that failed.
  if (status < 100 || status > 599) return { what, place, skipped: "it has no response" };
  if (!["http", "https"].includes(request.scheme)) return { what, place, skipped: "it is no HTTP" };
  const response = responseAt(document, [...path, "response"], status);
  if (typeof response === "string") return { what, place, skipped: response };
  return { what, place, request, response };
}

function requestAt(document: JsonDocument, path: Path): RecordedRequest {
  if (!objectAt(document, path)) throw missing(document, path);
  const url = textAt(document, [...path, "url"]);
  if (url === undefined) throw missing(document, [...path, "url"]);
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new MeshwasmError("FILTER_INVALID", `${document.place([...path, "url"])}: this is no URL`);
  }
  const body = Buffer.from(postText(document, [...path, "postData"]));
  const headers = headersAt(document, [...path, "headers"], body.length);
  return {
    method: textAt(document, [...path, "method"]) ?? "GET",
    path: `${parsed.pathname}${parsed.search}`,
    authority: headers.host ?? parsed.host,
    scheme: parsed.protocol.slice(0, -1),
    headers: headers.kept,
    body: body.length > 0 ? [body] : [],
    trailers: [],
  };
}

function postText(document: JsonDocument, path: Path): string {
  const text = textAt(document, [...path, "text"]);
  if (text !== undefined) return text;
  const form = new URLSearchParams();
  for (const index of listAt(document, [...path, "params"]).keys()) {
    const at = [...path, "params", index];
    form.append(textAt(document, [...at, "name"]) ?? "", textAt(document, [...at, "value"]) ?? "");
  }
  return String(form);
}

/** A text: why it cannot be told. */
function responseAt(document: JsonDocument, path: Path, status: number): RecordedResponse | string {
  const content = [...path, "content"];
  const text = textAt(document, [...content, "text"]);
  const size = numberAt(document, [...content, "size"]) ?? 0;
  if (text === undefined && size > 0) return "the archive was saved without the bodies of responses";
  const isBase64 = textAt(document, [...content, "encoding"]) === "base64";
  const body = Buffer.from(text ?? "", isBase64 ? "base64" : "utf8");
  const { kept } = headersAt(document, [...path, "headers"], body.length);
  return { status, headers: kept, body: body.length > 0 ? [body] : [], trailers: [] };
}

/** What the archive's body is not, or what belongs to one connection. */
const left = new Set(["content-encoding", "transfer-encoding", "connection", "keep-alive", "host"]);

function headersAt(document: JsonDocument, path: Path, bodyLength: number) {
  const all = listAt(document, path).map((_, index): [string, string] => [
    (textAt(document, [...path, index, "name"]) ?? "").toLowerCase(),
    textAt(document, [...path, index, "value"]) ?? "",
  ]);
  const kept: RecordedHeaders = all
    .filter(([name]) => name !== "" && !name.startsWith(":") && !left.has(name))
    .map(([name, value]) => [name, name === "content-length" ? String(bodyLength) : value]);
  return { kept, host: all.find(([name]) => name === "host" || name === ":authority")?.[1] };
}

function missing(document: JsonDocument, path: Path): MeshwasmError {
  return new MeshwasmError("FILTER_INVALID", `${document.place(path)}: ${path.join(".")} is missing`);
}
