import { HeaderMapType, Status } from "../abi";
import { actOn } from "../dispatch/effective";
import {
  addHeader,
  getHeader,
  getHeaderMapSize,
  getHeaderPairs,
  removeHeader,
  replaceHeader,
  setHeaderPairs,
} from "../hostcalls/headers";
import { copyBytes, sameBytes } from "../memory/bytes";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { returnedLength, returnedNumber, returnedPtr } from "../memory/returned";
import { decodeUtf8 } from "../memory/utf8";
import { HeaderList } from "./header-list";
import { PairReader } from "./pair-reader";

/**
 * The headers of the message that passes by. They live in Envoy: each method is one hostcall, and they are there
 * during the callback that was given them. Names are lower-case; `:method`, `:path`, `:authority`, `:scheme` and
 * `:status` are headers like others.
 *
 * A getter that answers null says why in `status`: `NotFound` where there is no such header, anything else where the
 * host refused. An empty value is a value.
 */
export abstract class Headers {
  /** How the last call on these headers went. */
  status: Status = Status.Ok;

  constructor(private map: HeaderMapType) {}

  /** Whether there is a header `name`. */
  has(name: string): bool {
    return this.read(name);
  }

  /** The first value of `name`; null when it is absent. Bytes that are not UTF-8 become U+FFFD. */
  get(name: string): string | null {
    return this.read(name) ? decodeUtf8(returnedPtr(), returnedLength()) : null;
  }

  /** The first value of `name` as it was sent; null when it is absent. */
  getBytes(name: string): Uint8Array | null {
    return this.read(name) ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** Whether the first value of `name` is `value`, to the byte. With a literal nothing is allocated. */
  equals(name: string, value: string): bool {
    if (!this.read(name)) return false;
    const other = encode(value);
    return sameBytes(returnedPtr(), returnedLength(), bytesOf(other), lengthOf(other));
  }

  /**
   * Every value of `name`, in order; empty when it is absent, or when the host refused (`status`). Envoy joins the values
   * of some names (`accept`, `cookie`, …) itself.
   */
  getAll(name: string): string[] {
    const values: string[] = [];
    this.status = getHeaderPairs(this.map);
    if (this.status != Status.Ok) return values;
    const wanted = encode(name);
    const pairs = new PairReader(returnedPtr(), returnedLength());
    while (pairs.next()) {
      if (sameBytes(pairs.namePtr, pairs.nameLength, bytesOf(wanted), lengthOf(wanted)))
        values.push(decodeUtf8(pairs.valuePtr, pairs.valueLength));
    }
    return values;
  }

  /** How many bytes all names and values are together; 0 when the host refused: where the headers cannot be changed, it does. */
  get byteSize(): u32 {
    this.status = getHeaderMapSize(this.map);
    return this.status == Status.Ok ? returnedNumber() : 0;
  }

  /** All headers in order, repeated ones included; empty with `status` other than `Ok` when the host refused. */
  all(): HeaderList {
    this.status = getHeaderPairs(this.map);
    return this.status == Status.Ok ? HeaderList.parse(returnedPtr(), returnedLength()) : new HeaderList();
  }

  /** Makes `value` the only value of `name`. */
  set(name: string, value: string): Status {
    const text = encode(value);
    this.status = replaceHeader(this.map, name, bytesOf(text), lengthOf(text));
    return this.status;
  }

  /** Like `set`, with bytes. */
  setBytes(name: string, value: Uint8Array): Status {
    this.status = replaceHeader(this.map, name, value.dataStart, value.length);
    return this.status;
  }

  /** Adds one more header `name` behind those that are there. */
  add(name: string, value: string): Status {
    const text = encode(value);
    this.status = addHeader(this.map, name, bytesOf(text), lengthOf(text));
    return this.status;
  }

  /** Like `add`, with bytes. */
  addBytes(name: string, value: Uint8Array): Status {
    this.status = addHeader(this.map, name, value.dataStart, value.length);
    return this.status;
  }

  /** Removes every header `name`; `Ok` also when there is none. */
  remove(name: string): Status {
    this.status = removeHeader(this.map, name);
    return this.status;
  }

  /**
   * Replaces all headers by `list`. Of a request keep the pseudo-headers and `x-forwarded-proto`, which Envoy has added:
   * without them it finds no route and answers 404.
   */
  setAll(list: HeaderList): Status {
    this.status = setHeaderPairs(this.map, list.serialize(), list.serializedLength);
    return this.status;
  }

  private read(name: string): bool {
    this.status = getHeader(this.map, name);
    return this.status == Status.Ok;
  }
}

/** No header map at all: the host answers `BadArgument` to everything. */
const NONE = <HeaderMapType>0xff;

/** The headers of the request. */
export class RequestHeaders extends Headers {
  constructor(map: HeaderMapType = HeaderMapType.RequestHeaders) {
    super(map);
  }
}

/** The headers of the response. */
export class ResponseHeaders extends Headers {
  constructor(map: HeaderMapType = HeaderMapType.ResponseHeaders) {
    super(map);
  }
}

/** The trailers of the request: headers that come behind the body. */
export class RequestTrailers extends Headers {
  constructor(map: HeaderMapType = HeaderMapType.RequestTrailers) {
    super(map);
  }
}

/** The trailers of the response: headers that come behind the body. */
export class ResponseTrailers extends Headers {
  constructor(map: HeaderMapType = HeaderMapType.ResponseTrailers) {
    super(map);
  }
}

/**
 * The headers or trailers of the answer to an HTTP call, or a gRPC stream's metadata. They can be read only: what changes
 * them answers `BadArgument`.
 */
export class AnswerHeaders extends Headers {
  constructor(map: HeaderMapType) {
    super(map);
  }
}

/** The one object of each kind: they hold no state of a stream but the last status. */
// @ts-ignore: decorator
@lazy
export const requestHeaders = new RequestHeaders();
// @ts-ignore: decorator
@lazy
export const responseHeaders = new ResponseHeaders();
// @ts-ignore: decorator
@lazy
export const requestTrailers = new RequestTrailers();
// @ts-ignore: decorator
@lazy
export const responseTrailers = new ResponseTrailers();
// @ts-ignore: decorator
@lazy
export const answerHeaders = new AnswerHeaders(HeaderMapType.HttpCallResponseHeaders);
// @ts-ignore: decorator
@lazy
export const grpcInitialMetadata = new AnswerHeaders(HeaderMapType.GrpcInitialMetadata);
// @ts-ignore: decorator
@lazy
export const grpcTrailingMetadata = new AnswerHeaders(HeaderMapType.GrpcTrailingMetadata);
// @ts-ignore: decorator
@lazy
export const answerTrailers = new AnswerHeaders(HeaderMapType.HttpCallResponseTrailers);

/** What the headers of a stream are that is gone: otherwise another stream's would be read. */
// @ts-ignore: decorator
@lazy
const goneRequestHeaders = new RequestHeaders(NONE);
// @ts-ignore: decorator
@lazy
const goneResponseHeaders = new ResponseHeaders(NONE);
// @ts-ignore: decorator
@lazy
const goneRequestTrailers = new RequestTrailers(NONE);
// @ts-ignore: decorator
@lazy
const goneResponseTrailers = new ResponseTrailers(NONE);

/** The request headers of the context `id`, which hostcalls act on from here. */
export function requestHeadersOf(id: u32): RequestHeaders {
  return actOn(id) == Status.Ok ? requestHeaders : goneRequestHeaders;
}

/** The response headers of the context `id`, which hostcalls act on from here. */
export function responseHeadersOf(id: u32): ResponseHeaders {
  return actOn(id) == Status.Ok ? responseHeaders : goneResponseHeaders;
}

/** The request trailers of the context `id`, which hostcalls act on from here. */
export function requestTrailersOf(id: u32): RequestTrailers {
  return actOn(id) == Status.Ok ? requestTrailers : goneRequestTrailers;
}

/** The response trailers of the context `id`, which hostcalls act on from here. */
export function responseTrailersOf(id: u32): ResponseTrailers {
  return actOn(id) == Status.Ok ? responseTrailers : goneResponseTrailers;
}
