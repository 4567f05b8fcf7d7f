import type { FilterDeployment } from "../api/filter-deployment.js";
import { durationMillis } from "./rollout-steps.js";

/** What a rollout must keep to. */
export interface GateRules {
  /** Crashes of the filter's VM on one pod. */
  maxVmReloads: number;
  /** Percentage points of 5xx answers. */
  maxErrorIncrease: number;
  /** Fewer, on either side, say nothing about errors. */
  minRequests: number;
  /** Milliseconds. */
  loadDeadline: number;
}

/** What was seen of one pod in the step that goes on. */
export interface PodHealth {
  /** `NAMESPACE/NAME` */
  pod: string;
  /** It is among those that try the revision out. */
  canary: boolean;
  /** How often the revision's VM crashed on it. */
  reloads: number;
  /** Milliseconds since which its Envoy says that it runs something else than it was told; 0: it does not say so. */
  notLoadedFor: number;
  /** What its Envoy runs; empty: not known. */
  runs: string;
  /** In the step; 0 when its Envoy does not count them. */
  requests: number;
  errors: number;
}

/** The gate that a spec asks for, with what is meant where it says nothing. */
export function gateRules({ rollout }: FilterDeployment["spec"]): GateRules {
  const { maxVmReloads, maxErrorIncrease, minRequests, loadDeadline } = rollout?.gate ?? {};
  return {
    maxVmReloads: maxVmReloads ?? 0,
    maxErrorIncrease: Number.parseFloat(maxErrorIncrease ?? "1%"),
    minRequests: minRequests ?? 100,
    loadDeadline: durationMillis(loadDeadline ?? "1m"),
  };
}

/** Why a rollout must be taken back, with a pod's name; undefined: nothing speaks against it. */
export function gateFailure(rules: GateRules, pods: readonly PodHealth[]): string | undefined {
  const canary = pods.filter((pod) => pod.canary);
  const crashed = mostBy(canary, ({ reloads }) => reloads);
  if (crashed && crashed.reloads > rules.maxVmReloads) {
    return `on ${crashed.pod} the filter's VM crashed ${times(crashed.reloads)}`;
  }
  const late = mostBy(canary, ({ notLoadedFor }) => notLoadedFor);
  if (late && late.notLoadedFor > rules.loadDeadline) {
    const seconds = Math.round(late.notLoadedFor / 1000);
    return `the Envoy of ${late.pod} has not loaded it after ${seconds} s, and runs ${late.runs}`;
  }
  const tried = sumOf(canary);
  const others = sumOf(pods.filter((pod) => !pod.canary));
  if (Math.min(tried.requests, others.requests) < Math.max(1, rules.minRequests)) return undefined;
  if (percent(tried) - percent(others) <= rules.maxErrorIncrease) return undefined;
  const worst = mostBy(canary, ({ errors }) => errors);
  const share = (of: Sum) => `${percent(of).toFixed(1)}% of ${of.requests}`;
  return `answers are 5xx for ${share(tried)} requests on the pods that try it, most on ${worst?.pod}, and for ${share(others)} on the others`;
}

interface Sum {
  requests: number;
  errors: number;
}

function sumOf(pods: readonly PodHealth[]): Sum {
  const sum = { requests: 0, errors: 0 };
  for (const { requests, errors } of pods) {
    sum.requests += requests;
    sum.errors += errors;
  }
  return sum;
}

function percent({ requests, errors }: Sum): number {
  return (errors * 100) / requests;
}

function mostBy(pods: readonly PodHealth[], of: (pod: PodHealth) => number): PodHealth | undefined {
  return pods.reduce<PodHealth | undefined>(
    (most, pod) => (most && of(most) >= of(pod) ? most : pod),
    undefined,
  );
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
