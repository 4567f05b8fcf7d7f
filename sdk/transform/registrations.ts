import { type ClassElement, type Program, reportError, typeArgumentsOf } from "./compiler.js";

/** What an author registers a filter with. */
interface RegisterFunction {
  name: string;
  /** The class that its filters derive from, and the file that has it. */
  base: string;
  file: string;
}

const functions: readonly RegisterFunction[] = [
  { name: "registerHttpFilter", base: "HttpFilter", file: "context/http-filter" },
  { name: "registerNetworkFilter", base: "NetworkFilter", file: "context/network-filter" },
];

/** A filter's class, and the class of its root context. */
export interface Registered {
  filter: ClassElement;
  root: ClassElement;
}

/**
 * The filters that a program registers. asc does not check the bounds of type parameters, so that a filter with another
 * root context than it expects would read foreign memory: such a registration fails the build.
 */
export function registeredFilters(program: Program, library: string): Registered[] {
  return functions.flatMap(({ name, base, file }) =>
    typeArgumentsOf(program, `${library}dispatch/registry/${name}`).flatMap(([filter, root]) => {
      if (!filter || !root) return [];
      const wanted = rootClassOf(filter, `${library}${file}/${base}`);
      const report = (message: string) =>
        reportError(program, message, filter.prototype.declaration.name.range);
      if (!wanted) report(`${filter.name} is no ${base}: ${name} cannot register it`);
      else if (!derives(root, wanted))
        report(`${filter.name} is made for ${wanted.name}: ${name}<${filter.name}, ${wanted.name}>`);
      return [{ filter, root }];
    }),
  );
}

/** The type argument that a class gives to `base`; undefined when it does not derive from it. */
function rootClassOf(filter: ClassElement, base: string): ClassElement | undefined {
  for (let at: ClassElement | null = filter; at; at = at.base) {
    if (at.prototype.internalName === base) return at.typeArguments?.[0]?.getClass() ?? undefined;
  }
  return undefined;
}

function derives(type: ClassElement, base: ClassElement): boolean {
  for (let at: ClassElement | null = type; at; at = at.base) if (at === base) return true;
  return false;
}
