import { isIPv6 } from "node:net";

// What Envoy hands over in the buffer of a callback: the formats of `Context::onResolveDns` and `Context::onStatsUpdate`.

/** Addresses as `envoy_on_resolve_dns` gets them, with the seconds that the answer may be kept. */
export function encodeAddresses(addresses: readonly string[], ttl: number): Buffer {
  const texts = addresses.map((address) => `${isIPv6(address) ? `[${address}]` : address}:0\0`);
  return Buffer.concat([
    u32(addresses.length),
    ...addresses.map(() => u32(ttl)),
    Buffer.from(texts.join("")),
  ]);
}

/** One number of the proxy. */
export interface StatValue {
  readonly name: string;
  readonly value: bigint;
  /** What a counter has grown by since the last time. */
  readonly delta: bigint;
}

/** Numbers as `envoy_on_stats_update` gets them. */
export function encodeStats(counters: readonly StatValue[], gauges: readonly StatValue[]): Buffer {
  return Buffer.concat([
    encodeBlock(
      1,
      counters.map(({ name, value, delta }) => [name, value, delta]),
    ),
    encodeBlock(
      2,
      gauges.map(({ name, value }) => [name, value]),
    ),
  ]);
}

function encodeBlock(type: number, stats: readonly (readonly [string, ...bigint[]])[]): Buffer {
  const parts = [u32(type), u32(stats.length)];
  let size = 12;
  for (const [name, ...numbers] of stats) {
    const bytes = Buffer.from(name);
    const padding = Buffer.alloc(-(size + 4 + bytes.length) & 7);
    const values = Buffer.alloc(8 * numbers.length);
    for (const [index, number] of numbers.entries()) values.writeBigUInt64LE(number, 8 * index);
    parts.push(u32(bytes.length), bytes, padding, values);
    size += 4 + bytes.length + padding.length + values.length;
  }
  return Buffer.concat([u32(size), ...parts]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
