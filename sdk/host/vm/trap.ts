import { MeshwasmError, type WasmFrame } from "../errors.js";
import type { LoadedModule } from "../module/load.js";
import { MEMORY_PAGES } from "../module/memory-limit.js";

const FRAME = /^\s*at (?:(.*?) \()?wasm:\/\/wasm\/.*?wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm;

// Within 64 MiB of Envoy's limit: an allocator asks for more than one page.
const FULL = (MEMORY_PAGES - 1024) * 65536;

type Code = Pick<LoadedModule, "places" | "limited" | "loopLimit">;

/** The guest's frames in an exception's stack, innermost first; those of the loop counter's own functions are left out. */
function wasmFrames(stack: string, { places, limited }: Code): WasmFrame[] {
  let found = false;
  const frames = [...stack.matchAll(FRAME)].map(([, name, index, hex]) => {
    const place = Number.parseInt(hex!, 16);
    const offset = limited === undefined ? place : limited.originalOffset(place);
    const source = places?.ofOffset(offset);
    const inlinedIn = !found && places?.isLibrary(source) ? places.inlinedIn(offset) : undefined;
    found ||= inlinedIn !== undefined || (source !== undefined && !places?.isLibrary(source));
    return {
      name: name === undefined ? undefined : name.slice(name.lastIndexOf(".") + 1),
      functionIndex: Number(index),
      offset,
      source,
      inlinedIn,
    };
  });
  const functions = limited?.functions ?? Number.POSITIVE_INFINITY;
  return frames.filter(({ functionIndex }) => functionIndex < functions);
}

// The counter traps by itself, so the innermost frame then stands in what was added.
function isEndless(stack: string, { limited }: Code): boolean {
  const innermost = stack.matchAll(FRAME).next().value;
  return (
    limited !== undefined && innermost !== undefined && limited.isAdded(Number.parseInt(innermost[3]!, 16))
  );
}

/**
 * What a guest's trap becomes: a `TRAP` error worded as Envoy's log line, with the byte offset of every
 * frame, and with a source map its place there. Where the loop counter ended it, `ENDLESS_LOOP`. An error that the host
 * itself raised (a hostcall it lacks) passes through unchanged.
 *
 * @param memorySize bytes of memory that the guest had; when it is nearly all that there is, the hint says so
 */
export function trapError(callback: string, thrown: unknown, code: Code, memorySize = 0): MeshwasmError {
  if (thrown instanceof MeshwasmError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const stack = error.stack ?? "";
  const frames = wasmFrames(stack, code);
  if (isEndless(stack, code)) return endlessLoop(callback, error, frames, code.loopLimit);
  const reason = error.message === "restricted_callback" ? error.message : `${error.name}: ${error.message}`;
  return new MeshwasmError("TRAP", `Function: ${callback} failed: Uncaught ${reason}${traceOf(frames)}`, {
    cause: error,
    frames,
    hint:
      memorySize < FULL
        ? "the VM is dead from here on, as in Envoy; a filter should return a status instead of throwing"
        : `its memory has grown to ${memorySize >> 20} MiB, and Envoy gives no more than 1024: free what is no longer needed`,
  });
}

function endlessLoop(
  callback: string,
  cause: Error,
  frames: readonly WasmFrame[],
  limit: number,
): MeshwasmError {
  return new MeshwasmError(
    "ENDLESS_LOOP",
    `${callback} does not end: it made more than ${limit.toLocaleString("en")} turns of loops and calls${traceOf(frames)}`,
    {
      cause,
      frames,
      hint: "in Envoy it would stop its whole worker; a callback that needs so many turns gets them with loopLimit",
    },
  );
}

function traceOf(frames: readonly WasmFrame[]): string {
  return frames
    .slice(0, 20)
    .map((frame, depth) => {
      const name = frame.name ?? `unknown(function index:${frame.functionIndex})`;
      const inside = frame.inlinedIn === undefined ? "" : `, inlined in ${frame.inlinedIn}`;
      const place = frame.source === undefined ? "" : ` (${frame.source}${inside})`;
      return `\n${String(depth).padStart(3)}:  0x${frame.offset.toString(16)} - ${name}${place}`;
    })
    .join("");
}
