/** One HTTP exchange and what must come of it, in whatever runs the filter. */
export interface HttpCase {
  name: string;
  /** The plugin's configuration; absent: none. */
  config?: string;
  request: { method?: string; path: string; headers?: [string, string][]; body?: string };
  /** What the upstream answers; absent: 200 with an empty body. */
  answer?: { status?: number; headers?: [string, string][]; body?: string };
  expect: {
    status: number;
    /** Values by name; an empty list: the header must not be there. */
    response?: Record<string, string[]>;
    /** Of the request as the upstream saw it; `null`: it must not have seen one. */
    upstream?: Record<string, string[]> | null;
    /** The path that the upstream saw. */
    upstreamPath?: string;
    body?: string;
    /** The body that the upstream saw. */
    upstreamBody?: string;
    /** What the cluster `callee` was asked, the last time; absent: it is not looked at. */
    callee?: { path: string; body: string };
    /** What the filter logs on this exchange, at info or above, in this order. */
    logs?: { level: string; message: string }[];
  };
}
