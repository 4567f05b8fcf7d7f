/** What differs between Envoy and the host outside what a script can compare. */
export const OUTSIDE: readonly { readonly envoy: string; readonly host: string }[] = [
  {
    envoy:
      "Routes requests, so that one without `x-forwarded-proto`, or whose path or authority no route knows, gets 404.",
    host: "Routes nothing: every request reaches the upstream of the test.",
  },
  {
    envoy:
      "Adds `x-forwarded-proto`, `x-request-id`, `server`, `date` and `x-envoy-upstream-service-time` unless told not to.",
    host: "Adds none of them.",
  },
  {
    envoy:
      "Crashes on a local response or a close in `proxy_on_log`, `proxy_on_done` or `proxy_on_delete` of a stream.",
    host: "Fails the test with `ENVOY_CRASH`.",
  },
  {
    envoy: "Crashes on `proxy_close_stream`, and on resuming the response, in `proxy_on_response_trailers`.",
    host: "Fails the test with `ENVOY_CRASH`.",
  },
  {
    envoy: "Crashes on a trap after `proxy_close_stream` in the same callback.",
    host: "Fails the test with `ENVOY_CRASH`.",
  },
  {
    envoy:
      "Crashes on a trap, or on `proxy_close_stream`, after `proxy_send_local_response` in a callback of the response.",
    host: "Fails the test with `ENVOY_CRASH`.",
  },
  {
    envoy:
      "Reads freed memory when buffer 8 (`CallData`) is read after the callback whose body it shows, and mostly crashes.",
    host: "Fails the test with `ENVOY_CRASH`.",
  },
  {
    envoy:
      "Hangs for ever on a callout that fails at once, to a cluster without hosts, in a callback that came inside another hostcall (`envoy_on_resolve_dns` of an address).",
    host: "Goes on.",
  },
  {
    envoy:
      "Reads freed memory when a body is read in a later callback although its own answered 2 or 3, sent a local response or closed the stream; sometimes it crashes.",
    host: "Shows what was there, or nothing.",
  },
  {
    envoy:
      "Crashes on a local response from the response's trailers when the request's body was held back by 2 and its trailers were made.",
    host: "Cuts the stream off.",
  },
  {
    envoy:
      "Crashes on a trap in `proxy_on_log` of a stream that the client left before its response was whole.",
    host: "Goes on.",
  },
];
