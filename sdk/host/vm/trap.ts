import { MeshwasmError, type WasmFrame } from "../errors.js";
import type { SourcePlaces } from "../source-map/source-places.js";

const FRAME = /^\s*at (?:(.*?) \()?wasm:\/\/wasm\/.*?wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm;

/** The guest's frames in an exception's stack, innermost first. */
export function wasmFrames(stack: string, places?: SourcePlaces): WasmFrame[] {
  return [...stack.matchAll(FRAME)].map(([, name, index, hex]) => {
    const offset = Number.parseInt(hex!, 16);
    return {
      name: name === undefined ? undefined : name.slice(name.lastIndexOf(".") + 1),
      functionIndex: Number(index),
      offset,
      source: places?.ofOffset(offset),
    };
  });
}

/**
 * What a guest's trap becomes: a `TRAP` error worded as Envoy's log line, with the byte offset of every
 * frame, and with a source map its place there. An error that the host itself raised (a hostcall it lacks) passes through
 * unchanged.
 */
export function trapError(callback: string, thrown: unknown, places?: SourcePlaces): MeshwasmError {
  if (thrown instanceof MeshwasmError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const frames = wasmFrames(error.stack ?? "", places);
  const reason = error.message === "restricted_callback" ? error.message : `${error.name}: ${error.message}`;
  const trace = frames
    .slice(0, 20)
    .map((frame, depth) => {
      const name = frame.name ?? `unknown(function index:${frame.functionIndex})`;
      const place = frame.source === undefined ? "" : ` (${frame.source})`;
      return `\n${String(depth).padStart(3)}:  0x${frame.offset.toString(16)} - ${name}${place}`;
    })
    .join("");
  return new MeshwasmError("TRAP", `Function: ${callback} failed: Uncaught ${reason}${trace}`, {
    cause: error,
    frames,
    hint: "the VM is dead from here on, as in Envoy; a filter should return a status instead of throwing",
  });
}
