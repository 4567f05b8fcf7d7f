import { GrpcStatus, Status } from "../abi";
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
  return answer(status, bytesOf(text), lengthOf(text), headers, details, NO_GRPC_STATUS);
}

/** Like `respond`, with a body of bytes. */
export function respondBytes(
  status: u32,
  body: Uint8Array,
  headers: HeaderList | null = null,
  details: string = "",
): Status {
  return answer(status, body.dataStart, body.length, headers, details, NO_GRPC_STATUS);
}

/**
 * Answers a gRPC request with a gRPC status: HTTP status 200, and `grpc-status` and `grpc-message` as headers. A request that
 * is not gRPC gets the message as the body.
 */
export function respondGrpc(status: GrpcStatus, message: string = "", details: string = ""): Status {
  const text = encode(message);
  return answer(200, bytesOf(text), lengthOf(text), null, details, status);
}

function answer(
  status: u32,
  body: usize,
  size: u32,
  headers: HeaderList | null,
  details: string,
  grpcStatus: i32,
): Status {
  const list: usize = headers ? headers.serialize() : 0;
  const length: u32 = headers ? headers.serializedLength : 0;
  return sendLocalResponse(status, details, body, size, list, length, grpcStatus);
}
