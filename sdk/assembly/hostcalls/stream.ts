import { Status, StreamType } from "../abi";

// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
declare function proxy_continue_stream(stream: u32): u32;

/** Lets a paused half of the stream go on; acts on the context that is in effect. */
export function continueStream(stream: StreamType): Status {
  return <Status>proxy_continue_stream(stream);
}

// @ts-ignore: decorator
@external("env", "proxy_close_stream")
declare function proxy_close_stream(stream: u32): u32;

/** Resets an HTTP stream, or closes a connection; acts on the context that is in effect. */
export function closeStream(stream: StreamType): Status {
  return <Status>proxy_close_stream(stream);
}
