import { Gauge, type Registry } from "prom-client";
import type { FilterDeployment } from "../api/filter-deployment.js";

const counts = ["matched", "distributed", "mounted", "programmed", "ready"] as const;

/**
 * Registers what each FilterDeployment's status says, read when the metrics are: one series of `meshwasm_filter_status`
 * for each, and one of `meshwasm_filter_pods` for each of its counts.
 */
export function registerFilterMetrics(registry: Registry, filters: () => readonly FilterDeployment[]): void {
  new Gauge({
    name: "meshwasm_filter_status",
    help: "1 for each FilterDeployment, with the status and reason of its condition Ready.",
    labelNames: ["namespace", "name", "status", "reason"] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { metadata, status } of filters()) {
        const ready = status?.conditions?.find(({ type }) => type === "Ready");
        const said = { status: ready?.status ?? "Unknown", reason: ready?.reason ?? "NotYet" };
        this.set({ namespace: metadata.namespace ?? "", name: metadata.name, ...said }, 1);
      }
    },
  });
  new Gauge({
    name: "meshwasm_filter_pods",
    help: "Pods of a FilterDeployment: selected, and how far each is; those that are ready run what they were given.",
    labelNames: ["namespace", "name", "state"] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { metadata, status } of filters()) {
        const own = { namespace: metadata.namespace ?? "", name: metadata.name };
        for (const state of counts) this.set({ ...own, state }, status?.workloads?.[state] ?? 0);
      }
    },
  });
}
