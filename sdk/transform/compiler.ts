/**
 * The few parts of asc's program and module that the transform reads. Declared here and not imported: the transform
 * runs inside whichever compiler the filter pins, and must not load a second one.
 */
export interface ClassElement {
  internalName: string;
  base: ClassElement | null;
  prototype: { instanceMembers: Map<string, unknown> | null };
}

interface FunctionElement {
  typeArguments: { getClass(): ClassElement | null }[] | null;
}

interface FunctionPrototypeElement {
  instances: Map<string, FunctionElement> | null;
}

export interface Program {
  elementsByName: Map<string, unknown>;
}

export interface Parser {
  parseFile(text: string, path: string, isEntry: boolean): void;
}

export interface Module {
  removeExport(name: string): void;
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
