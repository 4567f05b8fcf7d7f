import type { Imported } from "./imported.js";
import type { JsonDocument } from "./json-documents.js";
import { readTap } from "./tap.js";

/** The exchanges in the output of Envoy's tap filter. @throws MeshwasmError as `readTap` does */
export function readTapExchanges(documents: readonly JsonDocument[]): Imported[] {
  return readTap(documents).map(({ request, response, truncated, place }, index) => {
    const what = request ? `${request.method} ${request.path.split("?")[0]}` : "an exchange";
    const seen = { what, place, number: index + 1 };
    if (!request) return { ...seen, skipped: "it has no request" };
    if (!response) return { ...seen, skipped: "it has no response" };
    if (truncated)
      return { ...seen, skipped: "Envoy cut a body: raise max_buffered_rx_bytes and max_buffered_tx_bytes" };
    return { ...seen, request, response };
  });
}
