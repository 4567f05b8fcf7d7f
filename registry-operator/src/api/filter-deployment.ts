// Generated from registry-operator/crds/filter-deployment.schema.json by "npm run generate". Do not edit.

import type { KubeObject } from "../kube/object.js";

/**
 * Enables one Envoy filter on the workloads that it selects.
 */
export interface FilterDeployment extends KubeObject {
  spec: {
    /**
     * What is run.
     */
    filter: {
      /**
       * HOST/REPOSITORY with a tag, a digest or both. A tag is resolved once per generation.
       */
      image: string;
      /**
       * Always: the tag is resolved again with each generation. IfNotPresent: only when the image's name changes.
       */
      imagePullPolicy?: "Always" | "IfNotPresent";
      /**
       * Secrets of type kubernetes.io/dockerconfigjson in this namespace; the first that knows the registry is used.
       */
      imagePullSecrets?: {
        name: string;
      }[];
      /**
       * The plugin's configuration, which the filter reads as JSON. Checked against the schema in the artifact.
       */
      config?: {
        [k: string]: unknown;
      };
      /**
       * The root context in the module. Absent: what the artifact says.
       */
      rootId?: string;
      /**
       * After a crash of the filter's VM: FailReload gives one 503 and a new VM, FailClosed 503 from then on, FailOpen goes on unfiltered. Only FailOpen lets a new pod serve before its filter is there.
       */
      failurePolicy?: "FailReload" | "FailClosed" | "FailOpen";
      vm?: {
        /**
         * Environment variables of the VM. Not for secrets: they are readable in the mesh's configuration.
         */
        env?: {
          [k: string]: string;
        };
        /**
         * Not supported by this version.
         */
        allowedCapabilities?: string[];
      };
    };
    /**
     * Labels of pods, by equality. Absent: all of the namespace; in the mesh's root namespace all of the mesh.
     */
    workloadSelector?: {
      matchLabels: {
        [k: string]: string;
      };
    };
    traffic?: {
      /**
       * Inbound: what reaches the workload. Outbound: what it sends. Gateway: what passes a gateway.
       */
      direction?: "Inbound" | "Outbound" | "Gateway";
      /**
       * Only listeners of these ports. Absent: all.
       */
      ports?: number[];
    };
    /**
     * Where in the chain. Fixed when the slot is inserted: a change drains connections.
     */
    order?: {
      /**
       * AUTHN: before Istio's own filters. UNSPECIFIED: behind them, before the router.
       */
      phase?: "AUTHN" | "UNSPECIFIED";
      /**
       * Among the filters of one phase the higher one comes first, as in Istio's WasmPlugin.
       */
      priority?: number;
    };
    delivery?: {
      /**
       * How the module gets into the sidecar. Auto chooses, and says what in the status. HostPath: the node's store is mounted.
       */
      mode?: "Auto" | "HostPath";
      /**
       * Auto: a workload whose pods lack the mount is rolled, once. Never: its template is left alone, and the filter waits for pods that have the mount.
       */
      restart?: "Auto" | "Never";
    };
    /**
     * Not supported by this version.
     */
    rollout?: {
      [k: string]: unknown;
    };
    /**
     * Nothing is changed any more: no new image, no new configuration, no workload newly rolled. Pods that come get what is in force.
     */
    paused?: boolean;
  };
  status?: {
    /**
     * The generation that the status is about.
     */
    observedGeneration?: number;
    /**
     * Digest of the image's manifest.
     */
    resolvedDigest?: string;
    /**
     * Digest of the module, which names its file.
     */
    moduleDigest?: string;
    /**
     * What the pods shall run: a name for module and configuration together.
     */
    revision?: string;
    /**
     * The revision that was last seen to run on all pods; where a new one cannot be had yet, pods get it.
     */
    lastGood?: string;
    /**
     * How often this revision was offered to the Envoys.
     */
    attempt?: number;
    /**
     * What the image was resolved to, so that a restart asks no registry.
     */
    resolved?: {
      image: string;
      generation: number;
      manifestDigest: string;
      moduleDigest: string;
      kind: "http" | "network";
      rootId: string;
      name?: string;
      version?: string;
      /**
       * A hash of the policy's rules that it was checked against.
       */
      rules?: string;
    };
    /**
     * How the modules get into the sidecars, and why so.
     */
    delivery?: {
      mode?: string;
      reason?: string;
    };
    /**
     * Counts of pods with a sidecar.
     */
    workloads?: {
      /**
       * That the selector names.
       */
      matched?: number;
      /**
       * Whose node has the module.
       */
      distributed?: number;
      /**
       * That have the mount.
       */
      mounted?: number;
      /**
       * That were given the revision, or the no-op content where another filter goes first.
       */
      programmed?: number;
      /**
       * Whose Envoy was seen to run what it was given.
       */
      ready?: number;
    };
    /**
     * Pods that are not ready, the first few, and why.
     */
    waiting?: {
      pod: string;
      reason: string;
      message?: string;
      /**
       * The pod's revision, or noop; empty: held.
       */
      wanted?: string;
      /**
       * What its Envoy runs; empty: not known.
       */
      loaded?: string;
    }[];
    conditions?: {
      type: string;
      status: "True" | "False" | "Unknown";
      reason: string;
      message: string;
      lastTransitionTime: string;
      observedGeneration?: number;
    }[];
  };
}
