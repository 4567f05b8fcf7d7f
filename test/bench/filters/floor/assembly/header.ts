// The hostcalls of filters/header, written by hand: the floor of what such a filter costs.

// @ts-expect-error: decorator
@external("env", "proxy_get_header_map_value")
declare function get(map: u32, key: usize, keySize: u32, value: usize, valueSize: usize): u32;
// @ts-expect-error: decorator
@external("env", "proxy_replace_header_map_value")
declare function replace(map: u32, key: usize, keySize: u32, value: usize, valueSize: u32): u32;
// @ts-expect-error: decorator
@external("env", "proxy_add_header_map_value")
declare function add(map: u32, key: usize, keySize: u32, value: usize, valueSize: u32): u32;
// @ts-expect-error: decorator
@external("env", "proxy_define_metric")
declare function define(type: u32, name: usize, nameSize: u32, id: usize): u32;
// @ts-expect-error: decorator
@external("env", "proxy_increment_metric")
declare function increment(id: u32, by: i64): u32;

// Texts as they go to the host: x-in, x-out, x-more, 1, bench.counted.
const texts = memory.data<u8>([
  120, 45, 105, 110, 120, 45, 111, 117, 116, 120, 45, 109, 111, 114, 101, 49, 98, 101, 110, 99, 104, 46, 99,
  111, 117, 110, 116, 101, 100,
]);
const values = memory.data(8);
const metric = memory.data(4);
const memory16k = memory.data(16384);

// What the host gives is used up before the next call.
export function malloc(size: u32): usize {
  return memory16k;
}
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_context_create(context: u32, parent: u32): void {}
export function proxy_on_configure(context: u32, size: u32): u32 {
  define(0, texts + 16, 13, metric);
  return 1;
}
export function proxy_on_request_headers(context: u32, count: u32, end: u32): u32 {
  get(0, texts, 4, values, values + 4);
  replace(0, texts + 4, 5, load<u32>(values), load<u32>(values, 4));
  increment(load<u32>(metric), 1);
  add(0, texts + 9, 6, texts + 15, 1);
  return 0;
}
