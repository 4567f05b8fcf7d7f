import type { HeaderMap } from "../headers/header-map.js";
import type { ByteBuffer } from "./byte-buffer.js";

/** Which way a message goes: `request` from the client, `response` to it. */
export type Direction = "request" | "response";

/**
 * What all filters of one direction have in common. Envoy's filter manager keeps one buffer, one map of headers and one of
 * trailers for the whole chain, so that two filters which hold something back put it into the same place.
 */
export class Lane {
  /** The message's headers; undefined until they arrive. */
  map: HeaderMap | undefined = undefined;
  /** Its trailers, whether they arrived or a filter made them. */
  trailers: HeaderMap | undefined = undefined;
  /** What is held back of the body; undefined until something was. */
  held: ByteBuffer | undefined = undefined;
  /** True once the message's end has arrived, whatever the filters hold back of it. */
  complete = false;
  /** True when nothing may pass any more: the stream ended or a local response took over. */
  aborted = false;

  constructor(readonly direction: Direction) {}
}
