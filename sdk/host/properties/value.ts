import { encodePairs, type Pair } from "../headers/pairs.js";

/**
 * A property's value. A string is a byte string; a bigint an int, uint, timestamp or duration (ns); a
 * number a double; a map looks its fields up.
 */
export type PropertyValue = string | bigint | number | boolean | PropertyMap;

/** A property with fields, such as `request`. `pairs` is absent, or gives undefined, where Envoy cannot list them. */
export interface PropertyMap {
  field(name: string): PropertyValue | undefined;
  pairs?(): readonly Pair[] | undefined;
  /** Where the whole is a protobuf message: that, as a byte string. Absent: it is its pairs. */
  readonly message?: string;
}

/** The bytes (as a byte string) that Envoy hands over for a value; undefined: SerializationFailure. */
export function serializeProperty(value: PropertyValue): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "\x01" : "\x00";
  if (typeof value === "object") {
    if (value.message !== undefined) return value.message;
    const pairs = value.pairs?.();
    return pairs === undefined ? undefined : encodePairs(pairs).toString("latin1");
  }
  const bytes = Buffer.allocUnsafe(8);
  if (typeof value === "bigint") bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  else bytes.writeDoubleLE(value);
  return bytes.toString("latin1");
}

const NOTHING: PropertyMap = { field: () => undefined };

/** Follows a path (parts separated by NUL) down from what `top` gives for its first part. */
export function findProperty(
  path: string,
  top: (name: string) => PropertyValue | undefined,
): PropertyValue | undefined {
  // Without a part Envoy serializes a value that is none: SerializationFailure.
  if (path === "") return NOTHING;
  const parts = path.split("\0");
  // A trailing separator does not begin another part in Envoy's loop.
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  let value = top(parts[0]!);
  for (let index = 1; index < parts.length && value !== undefined; index++)
    value = typeof value === "object" ? value.field(parts[index]!) : undefined;
  return value;
}
