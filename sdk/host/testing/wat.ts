// Only tests use this: binaryen is AssemblyScript's own, installed with it.
import binaryen from "binaryen";

/** The bytes of a module written as WebAssembly text. */
export function wat(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
