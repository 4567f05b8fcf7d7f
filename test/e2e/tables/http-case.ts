/** A header or trailer. */
export type Header = [name: string, value: string];

/** One HTTP exchange and what must come of it, in whatever runs the filter. */
export interface HttpCase {
  name: string;
  /** The plugin's configuration; absent: none. */
  config?: string;
  request: {
    method?: string;
    path: string;
    headers?: Header[];
    body?: string;
    trailers?: Header[];
    /** The request is an HTTP/2 one with METADATA of two entries; below /metadata the response has such too. */
    metadata?: true;
  };
  /** What the upstream answers; absent: 200 with an empty body. */
  answer?: { status?: number; headers?: Header[]; body?: string; trailers?: Header[] };
  /** A configuration that the plugin gets once the exchange is over; absent: none. */
  reconfigure?: string;
  expect: {
    /** 0: no response; the proxy has cut the stream off. */
    status: number;
    /** Values by name; an empty list: the header must not be there. */
    response?: Record<string, string[]>;
    /** Of the request as the upstream saw it; `null`: it must not have seen one. */
    upstream?: Record<string, string[]> | null;
    /** The path that the upstream saw. */
    upstreamPath?: string;
    body?: string;
    /** Values of the response's trailers by name. */
    trailers?: Record<string, string[]>;
    /** Values of the trailers that the upstream saw. */
    upstreamTrailers?: Record<string, string[]>;
    /** The body that the upstream saw. */
    upstreamBody?: string;
    /** What the cluster `callee` was asked, the last time; absent: it is not looked at. */
    callee?: { path: string; body: string };
    /** What the filter logs on this exchange, at info or above, in this order. */
    logs?: { level: string; message: string }[];
  };
}
