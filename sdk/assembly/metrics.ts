import { MetricType, Status } from "./abi";
import { defineMetric, incrementMetric } from "./hostcalls/metrics";
import { returnedPtr } from "./memory/returned";

const counters: Counter[] = [];

/**
 * A number that only grows, in Envoy's stats under the name given. Make it at the top level of the filter's file: it
 * is defined when the filter is configured (Envoy refuses it earlier), so it shows 0 before the first request.
 */
export class Counter {
  private id: u32 = 0;
  private defined: bool = false;

  constructor(private name: string) {
    counters.push(this);
  }

  /** Adds `amount`, at least 1. */
  increment(amount: i64 = 1): Status {
    const status = this.define();
    return status == Status.Ok ? incrementMetric(this.id, amount) : status;
  }

  /** Defines the counter in the host; a second call does nothing. */
  define(): Status {
    if (this.defined) return Status.Ok;
    const status = defineMetric(MetricType.Counter, this.name);
    if (status == Status.Ok) {
      this.id = <u32>returnedPtr();
      this.defined = true;
    }
    return status;
  }
}

/** Defines every counter made so far. */
export function defineMetrics(): void {
  for (let i = 0; i < counters.length; i++) counters[i].define();
}
