import type { SeenRequest, SeenResponse } from "@meshwasm/sdk/host";
import type { RecordedMessage, RecordedRequest, RecordedResponse } from "./recorded.js";

/** What reached the upstream in the in-process host, to be kept. */
export function seenRequest(seen: SeenRequest): RecordedRequest {
  const { method, path, authority, scheme } = seen;
  return { method, path, authority, scheme, ...messageOf(seen) };
}

/** What reached the client in the in-process host, to be kept. */
export function seenResponse(seen: SeenResponse): RecordedResponse {
  return { status: seen.status, ...messageOf(seen) };
}

function messageOf({ headers, chunks, trailers }: SeenRequest | SeenResponse): RecordedMessage {
  return {
    headers: headers.entries(),
    body: chunks.map((chunk) => Buffer.from(chunk)),
    trailers: trailers.entries(),
  };
}
