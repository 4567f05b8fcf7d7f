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
       * How often the tag is resolved again: 10m, 1h30m; 1m at least. What it has moved to is rolled out as a change of the spec is. Absent: once for each generation.
       */
      imagePullInterval?: string;
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
         * The hostcalls that the filter may do and the callbacks that it gets, by their names in the ABI: proxy_log, proxy_on_request_headers, fd_write. Absent: all. A hostcall that is left out fails when it is called; a list that leaves out a callback of the module is refused.
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
       * Where in the chain. AUTHN: before Istio's own filters. The others: behind them, before the router, in this order: AUTHZ, STATS, UNSPECIFIED. Istio's own authentication, authorization and telemetry are no anchors, since a chain has each only as long as something asks for it.
       */
      phase?: "AUTHN" | "AUTHZ" | "STATS" | "UNSPECIFIED";
      /**
       * Among the filters of one phase the higher one comes first, as in Istio's WasmPlugin.
       */
      priority?: number;
    };
    delivery?: {
      /**
       * How the module gets into the sidecar. Auto chooses, and says what in the status: HostPath, but ImageVolume where Pod Security forbids it. HostPath: the node's store is mounted, once. ImageVolume: the image itself is, so that another image rolls the workload.
       */
      mode?: "Auto" | "HostPath" | "ImageVolume";
      /**
       * Auto: a workload whose pods lack the mount is rolled. Never: its template is left alone, and the filter waits for pods that have the mount, which they get when they are made anew.
       */
      restart?: "Auto" | "Never";
    };
    /**
     * A new image or configuration reaches the pods step by step. Absent: all at once, as the first one does. What concerns the place in the chain (selector, traffic, order) is never staged.
     */
    rollout?: {
      /**
       * What pods get the new revision, one step after the other, each with those of the steps before; behind the last one all get it.
       *
       * Items: Either a share of the pods, or workloads.
       */
      steps: {
        /**
         * Of the pods that have the mount, rounded down, but at least one. Those of workloads that earlier steps name are counted.
         */
        share?: string;
        /**
         * Deployments, StatefulSets and DaemonSets, as KIND/NAME, or NAMESPACE/KIND/NAME where the FilterDeployment is for the whole mesh: all of their pods that are selected, also those that come later.
         */
        workloads?: string[];
        /**
         * How long the step is watched when all its pods run the revision: 30s, 5m, 1h30m. Absent: until the spec gives it one; 0s goes on at once.
         */
        pause?: string;
      }[];
      /**
       * What sends all pods back to the revision before, at any time until all run the new one. Absent: with these defaults.
       */
      gate?: {
        /**
         * Crashes of the filter's VM on one pod. Only those of the failure policy FailReload are counted by Envoy.
         */
        maxVmReloads?: number;
        /**
         * By how many percentage points the share of 5xx answers may be larger on the pods that try it than on the others, in the step that goes on.
         */
        maxErrorIncrease?: string;
        /**
         * With fewer in the step, on either side, errors are not judged.
         */
        minRequests?: number;
        /**
         * How long an Envoy that was told the revision may run something else, as one does that refuses it.
         */
        loadDeadline?: string;
      };
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
     * The revision that was last seen to run on all pods that can run one; where a new one cannot be had yet, or was taken back, pods get it.
     */
    lastGood?: string;
    /**
     * The rollout that is under way, or was taken back. Absent: all pods shall run the same.
     */
    rollout?: {
      /**
       * What is rolled out.
       */
      revision: string;
      /**
       * What it moves from; the other pods run it.
       */
      stable: string;
      /**
       * The generation that it began with, or was taken back with.
       */
      generation: number;
      /**
       * Progressing: the step's pods are given the revision. Paused: they run it, and the step's pause goes on. Promoted: all steps are done, all pods get it. RolledBack: all pods run the stable revision again.
       */
      phase: "Progressing" | "Paused" | "Promoted" | "RolledBack";
      /**
       * From 1.
       */
      step: number;
      /**
       * How many there are.
       */
      steps: number;
      /**
       * Of the pods that shall run the revision. Absent: the step is by workload.
       */
      share?: string;
      /**
       * All of whose pods shall run the revision. Absent: the step is a share.
       */
      workloads?: string[];
      /**
       * What earlier steps chose, shares and workloads, in their order: those pods run the revision too. Absent: nothing that the step does not contain.
       */
      earlier?: string[];
      /**
       * Of the phase.
       */
      since: string;
      /**
       * Why it was taken back, or cannot go on.
       */
      message?: string;
    };
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
      /**
       * A kubelet can mount the image as a volume.
       */
      imageVolume?: boolean;
    };
    /**
     * How the modules get into the sidecars, and why so.
     */
    delivery?: {
      mode?: string;
      reason?: string;
      /**
       * With ImageVolume: what pod templates get, by digest.
       */
      image?: string;
      /**
       * Until the revision is known to be good: the image of the last good one, which pods that are made meanwhile get too, so that their Envoys begin with what they take.
       */
      previous?: string;
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
