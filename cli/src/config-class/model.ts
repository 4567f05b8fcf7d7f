/** What a schema says, in the terms of the class that is made from it. */

/** The limits of a number; absent ones do not hold. */
export interface NumberLimits {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  /** The values of `enum` or `const`. */
  among?: number[];
}

/** How many entries an array or a map may have. */
export interface CountLimits {
  min?: number;
  max?: number;
}

export interface StringShape {
  kind: "string";
  minLength?: number;
  maxLength?: number;
  /** A regular expression that the SDK's matcher and JavaScript read alike. */
  pattern?: string;
}

export interface NumberShape {
  kind: "number";
  type: "i32" | "i64" | "f64";
  limits: NumberLimits;
}

export interface EnumShape {
  kind: "enum";
  name: string;
  doc: string;
  /** The values in the document, and the members' names, in the same order. */
  values: string[];
  members: string[];
}

export interface ArrayShape {
  kind: "array";
  /** The name of the function that reads it. */
  reader: string;
  items: Shape;
  count: CountLimits;
  unique: boolean;
}

export interface MapShape {
  kind: "map";
  /** The name of the function that reads it. */
  reader: string;
  values: Shape;
  count: CountLimits;
}

export interface ClassShape {
  kind: "class";
  name: string;
  doc: string;
  fields: Field[];
  /** `additionalProperties: false`. */
  closed: boolean;
  /** `additionalProperties` with a schema beside `properties`: the field that has them, and their shape. */
  others?: { field: string; shape: Shape };
}

/** What a value is. `json` is anything at all. */
export type Shape =
  | StringShape
  | NumberShape
  | { kind: "boolean" }
  | { kind: "json" }
  | EnumShape
  | ArrayShape
  | MapShape
  | ClassShape;

/** A property of an object. */
export interface Field {
  /** Its name in the document. */
  property: string;
  /** Its name in the class. */
  name: string;
  doc: string;
  shape: Shape;
  required: boolean;
  /** Whether null is allowed, which reads as if the property were not there. */
  nullable: boolean;
  /** `default`; undefined without one. */
  fallback: unknown;
  /** The name of the field that says whether it is there; only for shapes that cannot be null. */
  has?: string;
}

/** All that one file is made of; `classes` begins with the configuration itself. */
export interface Model {
  classes: ClassShape[];
  enums: EnumShape[];
  collections: (ArrayShape | MapShape)[];
}
