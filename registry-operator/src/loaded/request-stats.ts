/** Requests that an Envoy has answered since it started. */
export interface RequestCounts {
  requests: number;
  /** Those of them that were answered with a 5xx. */
  errors: number;
}

/** Which of a sidecar's requests: those that reach the workload, or those that it sends; a gateway's are outbound. */
export type Side = "inbound" | "outbound";

/**
 * Names of the stats that are read, as Envoy's admin takes them: Istio's standard metric, which every sidecar of Istio has,
 * and those of Envoy's own HTTP connection manager, which one has when its stats matcher lets them through.
 * https://istio.io/latest/docs/reference/config/metrics/
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_conn_man/stats
 */
export const requestStats =
  "^(http\\.(inbound|outbound)_.*\\.downstream_rq_(completed|5xx)$|istiocustom\\.istio_requests_total\\.)";

const line =
  /^(envoy_http_downstream_rq|envoy_http_downstream_rq_completed|istio_requests_total)\{(.*)\} (\d+)$/gm;
const reporters = { inbound: "destination", outbound: "source" } as const;

/** The counts in a page of the Prometheus text format; undefined: it says nothing of requests. */
export function requestCounts(text: string, side: Side): RequestCounts | undefined {
  const [envoy, istio] = [counter(), counter()];
  for (const [, name, labels = "", count] of text.matchAll(line)) {
    if (name === "istio_requests_total") {
      if (labelOf(labels, "reporter") !== reporters[side]) continue;
      istio.add(Number(count), labelOf(labels, "response_code").startsWith("5"));
    } else if (labelOf(labels, "http_conn_manager_prefix").startsWith(`${side}_`)) {
      if (name === "envoy_http_downstream_rq_completed") envoy.add(Number(count), false);
      else if (labelOf(labels, "response_code_class") === "5xx") envoy.counts.errors += Number(count);
    }
  }
  return [envoy, istio].find(({ isThere }) => isThere())?.counts;
}

function counter() {
  let lines = 0;
  const counts: RequestCounts = { requests: 0, errors: 0 };
  return {
    counts,
    isThere: () => lines > 0,
    add(count: number, isError: boolean) {
      lines++;
      counts.requests += count;
      if (isError) counts.errors += count;
    },
  };
}

function labelOf(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
}
