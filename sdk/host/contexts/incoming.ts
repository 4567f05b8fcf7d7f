import type { HeaderMap } from "../headers/header-map.js";
import type { ByteBuffer } from "../http/byte-buffer.js";

/**
 * What a root context holds for its callouts' callbacks. Maps and bytes are there while the callback runs, and
 * every context of the root can read them; the status stays, its message does not.
 */
export class Incoming {
  httpHeaders: HeaderMap | undefined;
  httpTrailers: HeaderMap | undefined;
  httpBody: Buffer | undefined;
  grpcInitialMetadata: HeaderMap | undefined;
  grpcTrailingMetadata: HeaderMap | undefined;
  grpcMessage: ByteBuffer | undefined;
  statusCode = 0;
  statusMessage = "";
}
