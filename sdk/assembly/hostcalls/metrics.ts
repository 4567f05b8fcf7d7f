import { MetricType, Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: u32, name: usize, length: u32, id: usize): u32;

/** Defines a metric; its id is left in the returned slot. */
export function defineMetric(type: MetricType, name: string): Status {
  const text = encode(name);
  clearReturned();
  return <Status>proxy_define_metric(type, bytesOf(text), lengthOf(text), ptrSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
declare function proxy_increment_metric(id: u32, offset: i64): u32;

/** Adds `offset` to a counter or a gauge; a counter takes positive ones only. */
export function incrementMetric(id: u32, offset: i64): Status {
  return <Status>proxy_increment_metric(id, offset);
}
