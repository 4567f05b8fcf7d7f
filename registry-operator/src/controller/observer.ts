/** Told of what reconciling does, for metrics. */
export interface Observer {
  /** A registry, or the store in its place, is asked. */
  resolve(): void;
  /** One reconcile ended. */
  reconciled(seconds: number, failed: boolean): void;
  /** Labels of pods were written. */
  labelled(pods: number): void;
  /** A pod that was held unready is deleted, so that its owner makes another one. */
  replaced(): void;
  /** Pods are told once more. */
  nudged(pods: number): void;
  /** Content is offered to the Envoys once more. */
  retried(): void;
}
