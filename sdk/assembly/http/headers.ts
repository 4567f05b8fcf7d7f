import { HeaderMapType, Status } from "../abi";
import {
  addHeader,
  getHeader,
  getHeaderPairs,
  removeHeader,
  replaceHeader,
  setHeaderPairs,
} from "../hostcalls/headers";
import { copyBytes, sameBytes } from "../memory/bytes";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { returnedLength, returnedPtr } from "../memory/returned";
import { decodeUtf8 } from "../memory/utf8";
import { HeaderList } from "./header-list";

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

/** The headers of the request. */
export class RequestHeaders extends Headers {
  constructor() {
    super(HeaderMapType.RequestHeaders);
  }
}

/** The headers of the response. */
export class ResponseHeaders extends Headers {
  constructor() {
    super(HeaderMapType.ResponseHeaders);
  }
}

/** The trailers of the request: headers that come behind the body. */
export class RequestTrailers extends Headers {
  constructor() {
    super(HeaderMapType.RequestTrailers);
  }
}

/** The trailers of the response: headers that come behind the body. */
export class ResponseTrailers extends Headers {
  constructor() {
    super(HeaderMapType.ResponseTrailers);
  }
}

/** The headers or trailers of the answer to an HTTP call. */
export class AnswerHeaders extends Headers {
  constructor(map: HeaderMapType) {
    super(map);
  }
}

/** The one object of each kind: they hold no state of a stream but the last status. */
export const requestHeaders = new RequestHeaders();
export const responseHeaders = new ResponseHeaders();
export const requestTrailers = new RequestTrailers();
export const responseTrailers = new ResponseTrailers();
export const answerHeaders = new AnswerHeaders(HeaderMapType.HttpCallResponseHeaders);
export const answerTrailers = new AnswerHeaders(HeaderMapType.HttpCallResponseTrailers);
