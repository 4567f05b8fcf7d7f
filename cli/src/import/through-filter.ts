import { Host, MeshwasmError } from "@meshwasm/sdk/host";
import { requestInput, responseInput } from "../cases/inputs.js";
import type { RecordedExchange, RecordedFilter } from "../record/recorded.js";
import { seenRequest, seenResponse } from "../record/seen.js";
import { inputOf } from "../record/to-case.js";

/** A filter, and how Envoy would be told of it. */
export interface ImportFilter extends RecordedFilter {
  rootId: string;
  name: string;
}

/**
 * What a filter makes of an exchange: the same one, with what reached the upstream and the client in the in-process host.
 *
 * @throws MeshwasmError of the host
 */
export function throughFilter(filter: ImportFilter, exchange: RecordedExchange): RecordedExchange {
  const { wasm, rootId, name, config } = filter;
  const host = new Host(wasm, { rootId, pluginName: name, pluginConfig: config });
  const { request = {}, upstream = {} } = inputOf(exchange);
  const seen = host.exchange(requestInput(request), responseInput(upstream));
  if (seen.paused) {
    throw new MeshwasmError("STREAM_PAUSED", `the filter holds the ${seen.paused}`, {
      hint: "a case with clusters or with advance has to be written by hand",
    });
  }
  const { response: _response, forwarded: _forwarded, ...input } = exchange;
  return {
    ...input,
    ...(seen.request && { forwarded: seenRequest(seen.request) }),
    ...(seen.began && { response: seenResponse(seen.response) }),
    local: seen.local !== undefined,
    ...(seen.reset && { reset: seen.reset }),
    callouts: [],
  };
}
