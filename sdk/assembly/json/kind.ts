/** What a JSON value is. */
export enum JsonKind {
  /** There is no such value: a missing member, or an index past the end. */
  Absent,
  /** The text was not JSON. */
  Invalid,
  Null,
  False,
  True,
  Number,
  String,
  Array,
  Object,
}
