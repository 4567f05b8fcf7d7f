/**
 * Metrics of a Prometheus page, each by its name, or by its name and labels as they are written:
 * `envoy_wasm_x_vm_reload` or `envoy_x{a="b"}`.
 */
export function parseMetrics(text: string): Map<string, number> {
  const metrics = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([^#\s{]+)(\{.*\})?\s+(\S+)/.exec(line);
    if (match) metrics.set(`${match[1]}${match[2] === "{}" ? "" : (match[2] ?? "")}`, Number(match[3]));
  }
  return metrics;
}
