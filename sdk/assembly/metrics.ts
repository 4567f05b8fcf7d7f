import { MetricType, Status } from "./abi";
import { beforeConfigure, Hook } from "./dispatch/hooks";
import { defineMetric, getMetric, incrementMetric, recordMetric } from "./hostcalls/metrics";
import { ptrSlot, returnedNumber } from "./memory/returned";

/** The metrics made so far, the last one first. */
let last: Metric | null = null;

/** Defines every metric made so far. */
class Definitions extends Hook {
  run(id: u32): void {
    let metric = last;
    while (metric) {
      metric.define();
      metric = metric.before;
    }
  }
}

/**
 * A number in Envoy's stats, under the name given. Make it at the top level of the filter's file: it is defined when
 * the filter is configured (Envoy refuses it earlier), so it is there before the first request.
 */
export abstract class Metric {
  protected id: u32 = 0;
  private defined: bool = false;
  /** The SDK's own: the one that was made before it. */
  before: Metric | null = last;

  constructor(
    private type: MetricType,
    private name: string,
  ) {
    if (!last) beforeConfigure(new Definitions());
    last = this;
  }

  /** Defines the metric in the host; a second call does nothing. */
  define(): Status {
    if (this.defined) return Status.Ok;
    const status = defineMetric(this.type, this.name);
    if (status == Status.Ok) {
      this.id = returnedNumber();
      this.defined = true;
    }
    return status;
  }

  /** The value at the moment; 0 when it cannot be had, and for a histogram. */
  get value(): u64 {
    if (this.define() != Status.Ok || getMetric(this.id) != Status.Ok) return 0;
    return load<u64>(ptrSlot());
  }
}

/** A number that only grows. */
export class Counter extends Metric {
  /** @param name what Envoy calls it, behind `wasmcustom.` */
  constructor(name: string) {
    super(MetricType.Counter, name);
  }

  /** Adds `amount`, at least 1. */
  increment(amount: i64 = 1): Status {
    const status = this.define();
    return status == Status.Ok ? incrementMetric(this.id, amount) : status;
  }
}

/** A number that grows and shrinks. */
export class Gauge extends Metric {
  /** @param name what Envoy calls it, behind `wasmcustom.` */
  constructor(name: string) {
    super(MetricType.Gauge, name);
  }

  /** Sets it. */
  set(value: u64): Status {
    const status = this.define();
    return status == Status.Ok ? recordMetric(this.id, value) : status;
  }

  /** Adds `amount`, which may be negative. */
  add(amount: i64): Status {
    const status = this.define();
    return status == Status.Ok ? incrementMetric(this.id, amount) : status;
  }
}

/** Values of which Envoy keeps the distribution. */
export class Histogram extends Metric {
  /** @param name what Envoy calls it, behind `wasmcustom.`, with its unit: `call.duration_ms` */
  constructor(name: string) {
    super(MetricType.Histogram, name);
  }

  /** Adds a value. */
  record(value: u64): Status {
    const status = this.define();
    return status == Status.Ok ? recordMetric(this.id, value) : status;
  }
}
