import { WasmResult } from "../status.js";

/** A metric's kind, by the number that the ABI uses for it. */
export const METRIC_TYPES = ["counter", "gauge", "histogram"] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** A metric that the filter defined. */
export interface Metric {
  readonly type: MetricType;
  /** A counter's or gauge's value; a histogram's last recorded one. 0 until something was written. */
  value: bigint;
  /** Everything recorded in a histogram, oldest first; empty for the others. */
  readonly samples: bigint[];
}

const U64 = (value: bigint) => BigInt.asUintN(64, value);

/** The metrics of one Envoy process: VMs that define the same name write the same metric. */
export class MetricRegistry {
  /** By name. A name used for two types keeps the first one's entry here. */
  readonly byName = new Map<string, Metric>();
  private readonly byTypeAndName = new Map<string, Metric>();

  /** The metric of that type and name, made when it is new. */
  find(type: MetricType, name: string): Metric {
    const key = `${type} ${name}`;
    let metric = this.byTypeAndName.get(key);
    if (metric === undefined) {
      metric = { type, value: 0n, samples: [] };
      this.byTypeAndName.set(key, metric);
      if (!this.byName.has(name)) this.byName.set(name, metric);
    }
    return metric;
  }
}

/**
 * The metrics that one VM defined. Ids carry the type in their two lowest bits and grow by 4, and defining a
 * name again gives a new id for the same metric, as `Context::defineMetric` in Envoy does.
 */
export class MetricStore {
  private readonly byId = new Map<number, Metric>();
  private readonly lastId = [0, 1, 2];

  constructor(private readonly registry: MetricRegistry) {}

  /** Gives the id, or undefined (BadArgument) for a type that does not exist. */
  define(type: number, name: string): number | undefined {
    const typeName = METRIC_TYPES[type];
    if (typeName === undefined) return undefined;
    const id = this.lastId[type]! + 4;
    this.lastId[type] = id;
    this.byId.set(id, this.registry.find(typeName, name));
    return id;
  }

  increment(id: number, offset: bigint): number {
    if ((id & 3) > 1) return WasmResult.BadArgument;
    const metric = this.byId.get(id);
    if (metric === undefined) return WasmResult.NotFound;
    if (metric.type === "counter" && offset <= 0n) return WasmResult.BadArgument;
    metric.value = U64(metric.value + offset);
    return WasmResult.Ok;
  }

  record(id: number, value: bigint): number {
    const metric = this.byId.get(id);
    if (metric === undefined) return WasmResult.NotFound;
    if (metric.type === "counter") metric.value = U64(metric.value + value);
    else metric.value = U64(value);
    if (metric.type === "histogram") metric.samples.push(metric.value);
    return WasmResult.Ok;
  }

  /** The value, or the status that says why there is none. */
  get(id: number): bigint | number {
    if ((id & 3) > 1) return WasmResult.BadArgument;
    return this.byId.get(id)?.value ?? WasmResult.NotFound;
  }
}
