import { Status } from "../abi";
import { clearReturned, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_http_call")
declare function proxy_http_call(
  cluster: usize,
  clusterLength: u32,
  headers: usize,
  headersLength: u32,
  body: usize,
  bodyLength: u32,
  trailers: usize,
  trailersLength: u32,
  timeout: u32,
  token: usize,
): u32;

/** Sends a request to a cluster; the call's number is left in the returned slot. */
export function httpCall(
  cluster: usize,
  clusterLength: u32,
  headers: usize,
  headersLength: u32,
  body: usize,
  bodyLength: u32,
  trailers: usize,
  trailersLength: u32,
  timeoutMilliseconds: u32,
): Status {
  clearReturned();
  return <Status>(
    proxy_http_call(
      cluster,
      clusterLength,
      headers,
      headersLength,
      body,
      bodyLength,
      trailers,
      trailersLength,
      timeoutMilliseconds,
      ptrSlot(),
    )
  );
}
