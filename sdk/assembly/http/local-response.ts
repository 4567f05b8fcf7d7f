import { Status } from "../abi";
import { sendLocalResponse } from "../hostcalls/local-response";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { HeaderList } from "./header-list";

/** gRPC status for a response that is not gRPC: Envoy derives it from the HTTP status. */
const NO_GRPC_STATUS: i32 = -1;

/**
 * Answers the request in place of the upstream, once the current callback has returned; the filter's own response
 * callbacks then see that answer. Return `Action.Pause` after it.
 *
 * @param status HTTP status, 200 to 599
 * @param body empty: no body
 * @param headers null: only those that Envoy adds itself
 * @param details a token for Envoy's access log (`%RESPONSE_CODE_DETAILS%`); empty: none
 */
export function respond(
  status: u32,
  body: string = "",
  headers: HeaderList | null = null,
  details: string = "",
): Status {
  const text = encode(body);
  const list: usize = headers ? headers.serialize() : 0;
  const length: u32 = headers ? headers.serializedLength : 0;
  return sendLocalResponse(status, details, bytesOf(text), lengthOf(text), list, length, NO_GRPC_STATUS);
}
