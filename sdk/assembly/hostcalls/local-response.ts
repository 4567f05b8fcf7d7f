import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsLength: u32,
  body: usize,
  bodyLength: u32,
  headers: usize,
  headersLength: u32,
  grpcStatus: i32,
): u32;

/** Answers the stream in place of the upstream, once the current callback has returned. */
export function sendLocalResponse(
  status: u32,
  details: string,
  body: usize,
  bodyLength: u32,
  headers: usize,
  headersLength: u32,
  grpcStatus: i32,
): Status {
  const text = encode(details);
  return <Status>(
    proxy_send_local_response(
      status,
      bytesOf(text),
      lengthOf(text),
      body,
      bodyLength,
      headers,
      headersLength,
      grpcStatus,
    )
  );
}
