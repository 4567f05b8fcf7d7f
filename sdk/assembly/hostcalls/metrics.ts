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

// @ts-ignore: decorator
@external("env", "proxy_record_metric")
declare function proxy_record_metric(id: u32, value: u64): u32;

/** Sets a gauge, or adds a value to a histogram. */
export function recordMetric(id: u32, value: u64): Status {
  return <Status>proxy_record_metric(id, value);
}

// @ts-ignore: decorator
@external("env", "proxy_get_metric")
declare function proxy_get_metric(id: u32, value: usize): u32;

/** Reads a counter or a gauge; its value is left in the returned slot as an u64. */
export function getMetric(id: u32): Status {
  clearReturned();
  return <Status>proxy_get_metric(id, ptrSlot());
}
