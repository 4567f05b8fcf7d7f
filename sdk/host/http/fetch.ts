import type { FilterDriver } from "../driver.js";
import { MeshwasmError } from "../errors.js";
import type { HeadersView } from "../headers/view.js";
import type { HttpStream } from "./http-stream.js";
import type { SeenRequest } from "./seen.js";

/** Who answers what passed the filter, in the terms of the web's Fetch standard. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** As of the global `fetch`, and who answers; absent: 200 without a body. */
export interface FetchInit extends RequestInit {
  upstream?: FetchHandler;
}

/** Virtual time that may pass while a filter holds a stream back. */
const patienceMs = 10 * 60 * 1000;

/**
 * Sends a request through the filter. While the filter holds it back virtual time passes from timer to timer, ten minutes
 * at most.
 *
 * @param input a URL, a path, or a Request; a path is below `http://example.com`
 * @throws MeshwasmError `STREAM_PAUSED` when nothing will make the stream go on, `STREAM_RESET` when it was cut off
 */
export async function fetchThrough(
  driver: FilterDriver,
  input: string | URL | Request,
  init: FetchInit,
): Promise<Response> {
  const { upstream = () => new Response(), ...requestInit } = init;
  const request = new Request(
    typeof input === "string" ? new URL(input, "http://example.com") : input,
    requestInit,
  );
  const stream = driver.http();
  const { exchange } = stream;
  await sendRequest(stream, request);
  let answered = false;
  for (let waited = 0; ; ) {
    if (exchange.reset !== undefined && !complete(stream)) throw resetError(stream);
    if (complete(stream)) return asResponse(exchange.response, request.method);
    const forwarded = exchange.request;
    if (!answered && forwarded?.complete) {
      answered = true;
      await sendResponse(stream, await upstream(asRequest(forwarded)));
      continue;
    }
    const ms = driver.nextTimer;
    if (ms === undefined || waited + ms > patienceMs) throw pausedError(stream);
    waited += ms;
    driver.advance(ms);
  }
}

function complete({ exchange }: HttpStream): boolean {
  return exchange.began && exchange.response.complete;
}

function pausedError({ exchange }: HttpStream): MeshwasmError {
  return new MeshwasmError(
    "STREAM_PAUSED",
    `the filter holds the ${exchange.paused ?? "request"}\n${exchange}`,
    {
      hint: "nothing is due that it could wait for: it has to resume the stream, or to answer itself",
    },
  );
}

function resetError({ exchange }: HttpStream): MeshwasmError {
  return new MeshwasmError("STREAM_RESET", `the ${exchange.reset} cut the stream off\n${exchange}`);
}

async function sendRequest(stream: HttpStream, request: Request): Promise<void> {
  const { protocol, host, pathname, search } = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const headers = withLength(request.headers, body);
  const scheme = protocol.slice(0, -1);
  const head = { method: request.method, path: pathname + search, authority: host, scheme, headers };
  stream.requestHeaders(head, body.length === 0);
  if (body.length > 0) stream.requestBody(body).requestBody("", true);
}

async function sendResponse(stream: HttpStream, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  stream.responseHeaders(
    { status: response.status, headers: withLength(response.headers, body) },
    body.length === 0,
  );
  if (body.length > 0) stream.responseBody(body).responseBody("", true);
}

function withLength(headers: Headers, body: Uint8Array): [string, string][] {
  const all = [...headers];
  if (body.length > 0 && !headers.has("content-length")) all.push(["content-length", String(body.length)]);
  return all;
}

function asRequest(seen: SeenRequest): Request {
  const init = { method: seen.method, headers: asHeaders(seen.headers) };
  const url = new URL(seen.path, `${seen.scheme || "http"}://${seen.authority || "example.com"}`);
  return new Request(url, seen.body.length > 0 ? { ...init, body: Buffer.from(seen.body) } : init);
}

/** A response to HEAD, and those that never have one, has no body. https://fetch.spec.whatwg.org/#null-body-status */
function asResponse(
  seen: { status: number; headers: HeadersView; body: Uint8Array },
  method: string,
): Response {
  const bodiless = method === "HEAD" || [101, 103, 204, 205, 304].includes(seen.status);
  const init = { status: seen.status, headers: asHeaders(seen.headers) };
  return new Response(bodiless ? null : Buffer.from(seen.body), init);
}

function asHeaders(view: HeadersView): Headers {
  const headers = new Headers();
  for (const [name, value] of view.entries()) headers.append(name, value);
  return headers;
}
