/** A decoded message: the last value of every field by its number, numbers as bigint, the rest as bytes. */
export type ProtobufFields = ReadonlyMap<number, bigint | Buffer>;

/** Reads the wire format one level deep; undefined when it is malformed. Groups are not supported. */
export function decodeProtobuf(bytes: Buffer): ProtobufFields | undefined {
  const fields = new Map<number, bigint | Buffer>();
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return undefined;
  };
  const take = (length: bigint | undefined): Buffer | undefined => {
    if (length === undefined || length > BigInt(bytes.length - at)) return undefined;
    at += Number(length);
    return bytes.subarray(at - Number(length), at);
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n === 0n || tag > 0xffffffffn) return undefined;
    const type = Number(tag & 7n);
    const value =
      type === 0
        ? varint()
        : type === 2
          ? take(varint())
          : type === 1 || type === 5
            ? take(type === 1 ? 8n : 4n)
            : undefined;
    if (value === undefined) return undefined;
    fields.set(Number(tag >> 3n), value);
  }
  return fields;
}

/** A field's bytes; empty when it is absent or a number. */
export function bytesField(fields: ProtobufFields, field: number): Buffer {
  const value = fields.get(field);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** A field's text. */
export function textField(fields: ProtobufFields, field: number): string {
  return bytesField(fields, field).toString("utf8");
}

/** A field's number; 0 when it is absent or bytes. */
export function numberField(fields: ProtobufFields, field: number): number {
  const value = fields.get(field);
  return typeof value === "bigint" ? Number(value) : 0;
}

/** Encodes booleans and bytes by field number; what is false or empty is left out, as proto3 does. */
export function encodeProtobuf(fields: readonly (readonly [number, boolean | Buffer | string])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of fields) {
    if (typeof value === "boolean") {
      if (value) parts.push(Buffer.from([field << 3, 1]));
      continue;
    }
    const bytes = Buffer.from(value);
    if (bytes.length > 0) parts.push(Buffer.from([(field << 3) | 2]), encodeVarint(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
