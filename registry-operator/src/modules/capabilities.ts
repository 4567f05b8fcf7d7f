import { MeshwasmError } from "../errors.js";

/**
 * Checks what a module imports against what a policy allows.
 *
 * @param allowed absent: everything; empty: nothing
 * @throws MeshwasmError CapabilityNotAllowed that names all that is too much
 */
export function checkCapabilities(
  imports: readonly string[],
  allowed: readonly string[] | undefined,
  place: string,
): void {
  const others = leftOut(imports, allowed);
  if (others.length === 0) return;
  throw new MeshwasmError(
    "CapabilityNotAllowed",
    `the module of ${place} imports what a FilterPolicy does not allow: ${others.join(", ")}`,
    { hint: "ask for it to be added to allowedCapabilities, or build the filter without it" },
  );
}

/**
 * Checks that a filter's own restriction leaves it its callbacks: one that is left out is never called, and nothing says so.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/wasm/v3/wasm.proto#extensions-wasm-v3-capabilityrestrictionconfig
 *
 * @param allowed absent: everything
 * @throws MeshwasmError CallbackNotAllowed that names all that are left out
 */
export function checkCallbacks(callbacks: readonly string[], allowed: readonly string[] | undefined): void {
  const others = leftOut(callbacks, allowed);
  if (others.length === 0) return;
  throw new MeshwasmError(
    "CallbackNotAllowed",
    `spec.filter.vm.allowedCapabilities would switch off callbacks of the module: ${others.join(", ")}`,
    { hint: "add them: only hostcalls that it shall not do are to be left out" },
  );
}

/** The names that are not allowed. @param allowed absent: everything */
export function leftOut(names: readonly string[], allowed: readonly string[] | undefined): string[] {
  return allowed === undefined ? [] : names.filter((name) => !allowed.includes(name));
}
