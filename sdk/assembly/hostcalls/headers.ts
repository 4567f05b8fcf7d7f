import { HeaderMapType, Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(
  map: u32,
  key: usize,
  keyLength: u32,
  ptr: usize,
  length: usize,
): u32;

/** The first value of `name`, left in the returned slot as a pointer and a length. */
export function getHeader(map: HeaderMapType, name: string): Status {
  const key = encode(name);
  clearReturned();
  return <Status>proxy_get_header_map_value(map, bytesOf(key), lengthOf(key), ptrSlot(), lengthSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(
  map: u32,
  key: usize,
  keyLength: u32,
  value: usize,
  length: u32,
): u32;

/** Adds one more entry, also where `name` is there already. */
export function addHeader(map: HeaderMapType, name: string, value: usize, length: u32): Status {
  const key = encode(name);
  return <Status>proxy_add_header_map_value(map, bytesOf(key), lengthOf(key), value, length);
}

// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
declare function proxy_replace_header_map_value(
  map: u32,
  key: usize,
  keyLength: u32,
  value: usize,
  length: u32,
): u32;

/** Leaves exactly one entry of `name`. */
export function replaceHeader(map: HeaderMapType, name: string, value: usize, length: u32): Status {
  const key = encode(name);
  return <Status>proxy_replace_header_map_value(map, bytesOf(key), lengthOf(key), value, length);
}

// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
declare function proxy_remove_header_map_value(map: u32, key: usize, keyLength: u32): u32;

/** Removes every entry of `name`. */
export function removeHeader(map: HeaderMapType, name: string): Status {
  const key = encode(name);
  return <Status>proxy_remove_header_map_value(map, bytesOf(key), lengthOf(key));
}

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function proxy_get_header_map_pairs(map: u32, ptr: usize, length: usize): u32;

/** All entries, serialized, left in the returned slot as a pointer and a length. */
export function getHeaderPairs(map: HeaderMapType): Status {
  clearReturned();
  return <Status>proxy_get_header_map_pairs(map, ptrSlot(), lengthSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_set_header_map_pairs")
declare function proxy_set_header_map_pairs(map: u32, ptr: usize, length: u32): u32;

/** Replaces the whole map by serialized entries. */
export function setHeaderPairs(map: HeaderMapType, ptr: usize, length: u32): Status {
  return <Status>proxy_set_header_map_pairs(map, ptr, length);
}

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_size")
declare function proxy_get_header_map_size(map: u32, size: usize): u32;

/** The bytes of all names and values, left in the returned slot as a number. */
export function getHeaderMapSize(map: HeaderMapType): Status {
  clearReturned();
  return <Status>proxy_get_header_map_size(map, ptrSlot());
}
