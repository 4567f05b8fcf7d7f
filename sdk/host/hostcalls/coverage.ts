/**
 * What an instrumented build (`meshwasm test --coverage`) calls before each statement, for `meshwasm_coverage.hit`;
 * undefined: nobody counts here, and the import is as absent as in Envoy. A global symbol, since whoever counts may have
 * loaded another copy of this package.
 */
export function coverageHit(module: string, name: string): ((id: number) => void) | undefined {
  if (module !== "meshwasm_coverage" || name !== "hit") return undefined;
  const counting = globalThis as { [key: symbol]: unknown };
  return counting[Symbol.for("meshwasm.coverage")] as ((id: number) => void) | undefined;
}
