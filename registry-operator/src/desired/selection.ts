import type { Pod } from "./pod.js";

/** Which pods a FilterDeployment is for. */
export interface Selection {
  namespace: string;
  /** It is in the mesh's root namespace, and so for all namespaces. */
  meshWide: boolean;
  /** Absent: all. */
  matchLabels: Record<string, string> | undefined;
  direction: "Inbound" | "Outbound" | "Gateway";
}

/** Whether labels have all that a selector names; equality only, as in Istio's workloadSelector. */
export function hasLabels(
  labels: Record<string, string> | undefined,
  wanted: Record<string, string> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => labels?.[name] === value);
}

/** Whether a FilterDeployment is for what is in this namespace and has these labels. */
export function selects(
  { namespace, meshWide, matchLabels }: Selection,
  where: string | undefined,
  labels: Record<string, string> | undefined,
): boolean {
  return (meshWide || where === namespace) && hasLabels(labels, matchLabels);
}

/** Whether the pod has an Envoy that a FilterDeployment is for. Gateways have no inbound and outbound listeners. */
export function selectsPod(selection: Selection, pod: Pod): boolean {
  const proxy = selection.direction === "Gateway" ? "gateway" : "sidecar";
  return pod.proxy === proxy && selects(selection, pod.metadata.namespace, pod.metadata.labels);
}
