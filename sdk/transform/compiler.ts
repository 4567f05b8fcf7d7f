/**
 * The few parts of asc's program and module that the transform reads. Declared here and not imported: the transform
 * runs inside whichever compiler the filter pins, and must not load a second one.
 */
export interface ClassElement {
  name: string;
  internalName: string;
  base: ClassElement | null;
  typeArguments: Type[] | null;
  prototype: {
    internalName: string;
    declaration: Declaration;
    instanceMembers: Map<string, unknown> | null;
  };
}

export interface FunctionElement {
  typeArguments: Type[] | null;
  prototype: { declaration: Declaration };
}

interface Type {
  getClass(): ClassElement | null;
}

interface Declaration {
  name: { range: Range };
}

interface FunctionPrototypeElement {
  instances: Map<string, FunctionElement> | null;
}

/** A place in a source. Its class can be had from any range. */
export interface Range {
  source: Source;
  constructor: new (start: number, end: number) => Range;
}

export interface Source {
  /** Relative to the base directory, or `~lib/…`. */
  normalizedPath: string;
  text: string;
  range: Range;
}

export interface Program {
  elementsByName: Map<string, unknown>;
  instancesByName: Map<string, unknown>;
  sources: Source[];
  diagnostics: { message: string }[];
  error(code: number, range: Range | null): void;
}

export interface Parser {
  parseFile(text: string, path: string, isEntry: boolean): void;
}

export interface Module {
  removeExport(name: string): void;
  getNumFunctions(): number;
  getFunctionByIndex(index: number): number;
}

/** The part of binaryen that asc gives to a transform. */
export interface Binaryen {
  getFunctionInfo(ref: number): { name: string; module: string; base: string };
}

/** The type arguments of every compiled call of the generic function `internalName`. */
export function typeArgumentsOf(program: Program, internalName: string): ClassElement[][] {
  const prototype = program.elementsByName.get(internalName) as FunctionPrototypeElement | undefined;
  const calls = [...(prototype?.instances?.values() ?? [])];
  return calls.map((call) =>
    (call.typeArguments ?? []).map((type) => type.getClass()).filter((type) => type !== null),
  );
}

/** Whether `type`, or a class between it and the first one under `library`, has a method `name` of its own. */
export function overrides(type: ClassElement, name: string, library: string): boolean {
  for (let at: ClassElement | null = type; at && !at.internalName.startsWith(library); at = at.base) {
    if (at.prototype.instanceMembers?.has(name)) return true;
  }
  return false;
}

/** asc's code for what a transform reports. */
const USER_DEFINED = 102;

/** Fails the build with `message`, at a place where there is one. */
export function reportError(program: Program, message: string, range: Range | null): void {
  program.error(USER_DEFINED, range);
  // asc would put "User-defined" before it.
  program.diagnostics.at(-1)!.message = message;
}

/** The range of `length` characters of a source. */
export function rangeIn(source: Source, start: number, length: number): Range {
  const range = new source.range.constructor(start, start + length);
  range.source = source;
  return range;
}
