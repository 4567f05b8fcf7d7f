/**
 * The boundary to Kubernetes: everything that is said to the API server is said through here.
 *
 * What the operator's role must allow, and nothing more. Cluster-wide, because workloads are in all namespaces:
 *
 * | group                | resource                              | verbs                                   | for |
 * | -------------------- | ------------------------------------- | --------------------------------------- | --- |
 * | meshwasm.io          | filterdeployments                     | list, watch, patch                      | finalizer |
 * | meshwasm.io          | filterdeployments/status              | patch                                   | status |
 * | meshwasm.io          | filterpolicies, nodemodules           | list, watch                             | |
 * | networking.istio.io  | envoyfilters                          | list, watch, create, patch, update, delete | slots and content |
 * | ""                   | pods                                  | list, watch, patch, delete              | the labels that choose content; pods that are held |
 * | ""                   | namespaces                            | list, watch                             | Pod Security levels |
 * | ""                   | events                                | create, patch                           | |
 * | ""                   | secrets                               | get                                     | pull secrets that resources name; bind it by namespace to narrow it |
 * | apps                 | deployments, statefulsets, daemonsets | list, watch, patch                      | the mount's annotations |
 *
 * And `/version`, which everybody may read: whether there are image volumes.
 *
 * In the operator's namespace:
 *
 * | group                | resource                              | verbs                                   | for |
 * | -------------------- | ------------------------------------- | --------------------------------------- | --- |
 * | coordination.k8s.io  | leases                                | get, create, update                     | leader election |
 */

export { Backoff } from "./backoff.js";
export { KubeClient, type ListOptions, type WriteOptions } from "./client.js";
export { loadKubeConfig } from "./config.js";
export { type Deadline, deadline } from "./deadline.js";
export { EventRecorder } from "./event-recorder.js";
export { type Change, Informer, type InformerOptions } from "./informer.js";
export { isKubeError, KubeError } from "./kube-error.js";
export { LeaderElection, type LeaderElectionOptions } from "./leader-election.js";
export { type KubeObject, keyOf, type Metadata, type OwnerReference } from "./object.js";
export { forEachLimited } from "./parallel.js";
export { type Resource, resourcePath, wellKnown } from "./resource.js";
export { ServerVersion } from "./server-version.js";
export { WorkQueue, type WorkQueueOptions, type WorkResult } from "./work-queue.js";
