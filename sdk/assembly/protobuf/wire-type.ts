/** How a protobuf field's value is encoded. Groups, which nobody uses any more, are not supported. */
export enum WireType {
  Varint = 0,
  Fixed64 = 1,
  /** A length, then so many bytes: strings, bytes, messages and packed numbers. */
  Bytes = 2,
  Fixed32 = 5,
}
