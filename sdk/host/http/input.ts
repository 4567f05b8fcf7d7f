import { MeshwasmError } from "../errors.js";
import { type BytesInput, toByteString, toBytes } from "../headers/bytes.js";
import { HeaderMap, type HeaderMapKind } from "../headers/header-map.js";

/** Headers as a caller may write them: by name, or as a list when names repeat or their order matters. */
export type HeadersInput =
  | Readonly<Record<string, BytesInput | readonly BytesInput[]>>
  | Iterable<readonly [string, BytesInput]>;

/** A body: one piece, or an array for pieces that arrive one after another. */
export type BodyInput = BytesInput | readonly BytesInput[];

/** The protocol that the peer speaks: it decides how the end of a body arrives. */
export type HttpProtocol = "HTTP/1.1" | "HTTP/2";

/** A request from the client. */
export interface RequestInput {
  /** Default `GET`. */
  method?: string;
  /** Path with query; default `/`. */
  path?: string;
  /** Default `example.com`. */
  authority?: string;
  /** Default `http`. */
  scheme?: string;
  headers?: HeadersInput;
  /** Absent or empty: a request without a body. `content-length` is added for a body in one piece. */
  body?: BodyInput;
  trailers?: HeadersInput;
  /**
   * Default `HTTP/1.1`: after the body comes one more empty body callback with end of stream, as Envoy's
   * HTTP/1 codec does it. With `HTTP/2` the last piece carries the end.
   */
  protocol?: HttpProtocol;
}

/** A response from the upstream. */
export interface ResponseInput {
  /** Default 200. */
  status?: number;
  headers?: HeadersInput;
  /** As in {@link RequestInput.body}. */
  body?: BodyInput;
  trailers?: HeadersInput;
  /** As in {@link RequestInput.protocol}. */
  protocol?: HttpProtocol;
}

/** A message split into what the filters see one after another. */
export interface Message {
  readonly headers: HeaderMap;
  readonly chunks: readonly Buffer[];
  readonly trailers: HeaderMap | undefined;
  readonly protocol: HttpProtocol;
}

export function requestMessage(input: RequestInput): Message {
  const map = new HeaderMap("request");
  map.add(":authority", toByteString(input.authority ?? "example.com"));
  map.add(":path", toByteString(input.path ?? "/"));
  map.add(":method", toByteString(input.method ?? "GET"));
  map.add(":scheme", toByteString(input.scheme ?? "http"));
  return message(map, input);
}

export function responseMessage(input: ResponseInput): Message {
  const map = new HeaderMap("response");
  map.add(":status", String(input.status ?? 200));
  return message(map, input);
}

function message(headers: HeaderMap, input: RequestInput | ResponseInput): Message {
  if (input.headers !== undefined) addHeaders(headers, input.headers);
  const whole = !Array.isArray(input.body);
  const chunks = bodyChunks(input.body);
  if (
    whole &&
    chunks.length > 0 &&
    input.trailers === undefined &&
    headers.get("content-length") === undefined
  )
    headers.add("content-length", String(chunks[0]!.length));
  return {
    headers,
    chunks,
    trailers:
      input.trailers === undefined
        ? undefined
        : headersOf(`${headers.kind}Trailers` as HeaderMapKind, input.trailers),
    protocol: input.protocol ?? "HTTP/1.1",
  };
}

function bodyChunks(body: BodyInput | undefined): Buffer[] {
  if (body === undefined || body === "") return [];
  const pieces = typeof body === "string" || body instanceof Uint8Array ? [body] : body;
  return pieces.map(toBytes).filter((piece) => piece.length > 0);
}

/** A new map of that kind with these headers. */
export function headersOf(kind: HeaderMapKind, input: HeadersInput): HeaderMap {
  const map = new HeaderMap(kind);
  addHeaders(map, input);
  return map;
}

function addHeaders(map: HeaderMap, input: HeadersInput): void {
  if (Symbol.iterator in input) {
    for (const [name, value] of input as Iterable<readonly [string, BytesInput]>) addHeader(map, name, value);
    return;
  }
  for (const name of Object.keys(input)) {
    const value = (input as Record<string, BytesInput | readonly BytesInput[]>)[name]!;
    if (typeof value === "string" || value instanceof Uint8Array) addHeader(map, name, value);
    else for (const one of value) addHeader(map, name, one);
  }
}

const FORBIDDEN = /[\r\n\0]/;

function addHeader(map: HeaderMap, name: string, value: BytesInput): void {
  const bytes = toByteString(value);
  if (name === "" || FORBIDDEN.test(name) || FORBIDDEN.test(bytes)) {
    throw new MeshwasmError("USAGE", `no header can be named ${JSON.stringify(name)} with that value`, {
      hint: "names are not empty, and neither part contains CR, LF or NUL",
    });
  }
  map.add(toByteString(name), bytes);
}
