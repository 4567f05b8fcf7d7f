import { MeshwasmError } from "../errors.js";
import type { Vm } from "../vm/vm.js";

/**
 * Stands for a hostcall that Envoy has and this host has not yet: modules that import it load, and the
 * first call ends the test with `IMPORT_UNSUPPORTED` instead of a made-up answer.
 */
export function unsupportedHostcall(vm: Vm, name: string): () => never {
  return () => {
    vm.enter(name);
    throw new MeshwasmError("IMPORT_UNSUPPORTED", `${name} works in Envoy, but not in this host yet`, {
      hint: "test this path in the real Envoy: meshwasm run --engine envoy",
    });
  };
}
