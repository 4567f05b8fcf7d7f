import type { FilterDeployment } from "../api/filter-deployment.js";

/** What a step brings in: a percentage of the pods, 1 to 100, or all pods of some workloads, as the spec writes them. */
export type RolloutPart = { share: number } | { workloads: readonly string[] };

/** One step of a rollout. */
export type RolloutStep = RolloutPart & {
  /** Milliseconds that it is watched; undefined: until the spec says that it goes on. */
  pause: number | undefined;
};

const unitMillis = { h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** The steps that a spec asks for, as the API server has let them in; empty: all at once. */
export function rolloutSteps({ rollout }: FilterDeployment["spec"]): RolloutStep[] {
  return (rollout?.steps ?? []).map(({ share = "", workloads, pause }) => ({
    ...(workloads ? { workloads } : { share: Number.parseInt(share, 10) }),
    pause: pause === undefined ? undefined : durationMillis(pause),
  }));
}

/** Milliseconds of `1h30m`, `5m`, `30s`; 0 when nothing of the kind is there. */
export function durationMillis(text: string): number {
  let millis = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([hms])/g)) {
    millis += Number(count) * unitMillis[unit as keyof typeof unitMillis];
  }
  return millis;
}
