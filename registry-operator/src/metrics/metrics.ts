import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { FilterDeployment } from "../api/filter-deployment.js";
import type { Observer } from "../controller/index.js";
import { registerFilterMetrics } from "./filter-metrics.js";

/** What a running operator says about itself. */
export interface OperatorState {
  /** It holds the lease. */
  leading: () => boolean;
  /** The FilterDeployments that are known. */
  filters: () => readonly FilterDeployment[];
  /** FilterDeployments that wait to be reconciled. */
  depth: () => number;
}

/** The operator's metrics; names begin with `meshwasm_`. https://prometheus.io/docs/practices/naming/ */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: "meshwasm_kube_requests_total",
    help: "Requests to the API server, by method, resource and HTTP status (0: none came).",
    labelNames: ["method", "resource", "status"] as const,
    registers: [this.registry],
  });
  readonly #reconciles = new Counter({
    name: "meshwasm_reconciles_total",
    help: "Reconciles of a FilterDeployment.",
    labelNames: ["result"] as const,
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: "meshwasm_reconcile_seconds",
    help: "Time of one reconcile.",
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 30],
    registers: [this.registry],
  });
  readonly #resolves = this.#counter("meshwasm_resolves_total", "Images that were resolved, or tried to be.");
  readonly #labels = this.#counter("meshwasm_pod_labels_written_total", "Labels written on pods.");
  readonly #nudged = this.#counter("meshwasm_pods_nudged_total", "Pods that were told once more.");
  readonly #replaced = this.#counter("meshwasm_held_pods_replaced_total", "Held pods that were replaced.");
  readonly #retries = this.#counter(
    "meshwasm_content_retries_total",
    "Contents offered once more after a rejection.",
  );

  constructor(state: OperatorState) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge("meshwasm_leading", "1 while this process leads.", () => (state.leading() ? 1 : 0));
    registerFilterMetrics(this.registry, state.filters);
    this.#gauge(
      "meshwasm_filter_deployments",
      "FilterDeployments that are known.",
      () => state.filters().length,
    );
    this.#gauge("meshwasm_queue_depth", "FilterDeployments that wait to be reconciled.", state.depth);
  }

  /** For the client of the API server. */
  readonly request = (method: string, resource: string, status: number): void => {
    this.#requests.inc({ method, resource, status: String(status) });
  };

  /** For the controller. */
  readonly observer: Observer = {
    resolve: () => this.#resolves.inc(),
    reconciled: (seconds, failed) => {
      this.#reconciles.inc({ result: failed ? "failed" : "done" });
      this.#seconds.observe(seconds);
    },
    labelled: (pods) => this.#labels.inc(pods),
    nudged: (pods) => this.#nudged.inc(pods),
    replaced: () => this.#replaced.inc(),
    retried: () => this.#retries.inc(),
  };

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }
}
