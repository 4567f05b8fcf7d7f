import type { KubeObject } from "../kube/object.js";

/** What the operator keeps of a Deployment, StatefulSet or DaemonSet. */
export interface Workload extends KubeObject {
  kind: "Deployment" | "StatefulSet" | "DaemonSet";
  templateLabels: Record<string, string>;
  templateAnnotations: Record<string, string>;
}

interface RawWorkload extends KubeObject {
  spec?: {
    template?: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> } };
  };
}

/** The facts of a workload as the API server gives it. */
export function workloadFacts(kind: Workload["kind"], object: KubeObject): Workload {
  const { metadata, spec } = object as RawWorkload;
  const { name, namespace, uid, resourceVersion, annotations } = metadata;
  const own = Object.entries(annotations ?? {}).filter(([key]) => key.startsWith("meshwasm.io/"));
  return {
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      annotations: Object.fromEntries(own),
    },
    templateLabels: spec?.template?.metadata?.labels ?? {},
    templateAnnotations: spec?.template?.metadata?.annotations ?? {},
  };
}

/** `Kind/name`, as {@link Pod.workload} says it. */
export function workloadName({ kind, metadata }: Workload): string {
  return `${kind}/${metadata.name}`;
}

/**
 * Whether a pod of this template would get a sidecar, by the labels that Istio's injection goes by. Only where there is no
 * pod yet: where there are pods, they tell.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function wouldBeInjected(
  namespaceLabels: Record<string, string> | undefined,
  { templateLabels, templateAnnotations }: Pick<Workload, "templateLabels" | "templateAnnotations">,
): boolean {
  const namespace = namespaceLabels?.["istio-injection"];
  const asked = templateLabels["sidecar.istio.io/inject"] ?? templateAnnotations["sidecar.istio.io/inject"];
  if (namespace === "disabled" || asked === "false") return false;
  if (templateAnnotations["inject.istio.io/templates"]?.includes("gateway")) return false;
  return (
    asked === "true" ||
    namespace === "enabled" ||
    namespaceLabels?.["istio.io/rev"] !== undefined ||
    templateLabels["istio.io/rev"] !== undefined
  );
}

/** Whether the namespace's Pod Security level forbids volumes of type hostPath. */
export function forbidsHostPath(namespaceLabels: Record<string, string> | undefined): boolean {
  const level = podSecurityLevel(namespaceLabels);
  return level === "baseline" || level === "restricted";
}

/**
 * The Pod Security level that the namespace enforces; undefined: what the API server's configuration says.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
 */
export function podSecurityLevel(namespaceLabels: Record<string, string> | undefined): string | undefined {
  return namespaceLabels?.["pod-security.kubernetes.io/enforce"];
}
