/** A request as the log and the faults see it. */
export interface RegistryRequest {
  /** Position among all requests, from 0. */
  index: number;
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  /** Header names in lower case. */
  headers: Record<string, string>;
}

/** A request with its body, as the handlers see it. */
export interface RoutedRequest extends RegistryRequest {
  body: Uint8Array;
}

/** A request in the log. */
export interface LoggedRequest extends RegistryRequest {
  /** Bytes of the body that were received. */
  received: number;
  /** Absent while it is being answered, or when a fault cut the connection. */
  status?: number;
}
