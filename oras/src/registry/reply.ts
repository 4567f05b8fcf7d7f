/** An answer before it is written, so that faults can change it. */
export interface Reply {
  status: number;
  /** Header names in lower case. `content-length` is derived from the body unless it is given. */
  headers: Record<string, string>;
  body: Uint8Array;
}

const statusOf = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 400,
  TAG_INVALID: 400,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const;

/**
 * Error codes of the distribution specification, with three that the reference implementation adds
 * (TAG_INVALID, RANGE_INVALID, PAGINATION_NUMBER_INVALID).
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes.
 */
export type RegistryErrorCode = keyof typeof statusOf;

/** An answer without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: new Uint8Array() };
}

/** A JSON answer; `contentType` absent: `application/json`. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** An error in the form of the specification. `status` absent: the usual one of the code. */
export function failure(
  code: RegistryErrorCode,
  message: string,
  extra: { status?: number; headers?: Record<string, string>; detail?: unknown } = {},
): Reply {
  const { status = statusOf[code], headers = {}, detail } = extra;
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] }, headers);
}
