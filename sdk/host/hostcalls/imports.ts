import type { ModuleImport } from "../module/binary.js";
import type { LoadedModule } from "../module/load.js";
import { MEMORY_PAGES } from "../module/memory-limit.js";
import type { Vm } from "../vm/vm.js";
import { Memory, Table, type WasmMemory } from "../vm/webassembly.js";
import { bufferHostcalls } from "./buffers.js";
import { contextHostcalls } from "./contexts.js";
import { coverageHit } from "./coverage.js";
import { dnsHostcalls } from "./dns.js";
import { foreignHostcalls } from "./foreign.js";
import { grpcHostcalls } from "./grpc.js";
import { headerHostcalls } from "./headers.js";
import { httpCalloutHostcalls } from "./http-callouts.js";
import { logHostcalls } from "./log.js";
import { metricHostcalls } from "./metrics.js";
import { propertyHostcalls } from "./properties.js";
import { queueHostcalls } from "./queues.js";
import { restrictedHostcall } from "./restricted.js";
import { sharedDataHostcalls } from "./shared-data.js";
import { streamHostcalls } from "./streams.js";
import { timeHostcalls } from "./time.js";
import { unsupportedHostcall } from "./unsupported.js";
import { wasiHostcalls } from "./wasi.js";

/** The host's side of imports, by name without the module. */
export type Hostcalls = Record<string, (...args: never[]) => number | undefined>;

/** The import object for an instance, and the memory when the module imports its memory. */
export interface Imports {
  readonly object: Record<string, Record<string, CallableFunction | object>>;
  readonly memory: WasmMemory | undefined;
}

/** Builds what the module imports; the names were checked when it was loaded. */
export function createImports(vm: Vm, { shape }: LoadedModule): Imports {
  const env: Hostcalls = {
    ...logHostcalls(vm),
    ...headerHostcalls(vm),
    ...bufferHostcalls(vm),
    ...streamHostcalls(vm),
    ...metricHostcalls(vm),
    ...propertyHostcalls(vm),
    ...sharedDataHostcalls(vm),
    ...queueHostcalls(vm),
    ...dnsHostcalls(vm),
    ...foreignHostcalls(vm),
    ...grpcHostcalls(vm),
    ...httpCalloutHostcalls(vm),
    ...timeHostcalls(vm),
    ...contextHostcalls(vm),
    pthread_equal: (left: number, right: number) => (left === right ? 1 : 0),
    emscripten_notify_memory_growth: () => undefined,
  };
  const wasi = wasiHostcalls(vm);
  const object: Imports["object"] = {};
  let memory: WasmMemory | undefined;
  for (const wanted of shape.imports) {
    object[wanted.module] ??= {};
    const space = object[wanted.module]!;
    if (wanted.kind === "func")
      space[wanted.name] =
        coverageHit(wanted.module, wanted.name) ??
        restrictedHostcall(vm, wanted.module, wanted.name) ??
        (wanted.module === "env" ? env : wasi)[wanted.name] ??
        unsupportedHostcall(vm, wanted.name);
    else if (wanted.kind === "memory") {
      memory = new Memory(limitsOf(wanted));
      space[wanted.name] = memory;
    } else space[wanted.name] = new Table({ ...limitsOf(wanted), element: "anyfunc" });
  }
  return { object, memory };
}

function limitsOf(wanted: ModuleImport): { initial: number; maximum?: number } {
  const { initial = 0, maximum } = wanted.limits ?? {};
  if (wanted.kind !== "memory") return maximum === undefined ? { initial } : { initial, maximum };
  return { initial, maximum: Math.min(MEMORY_PAGES, maximum ?? MEMORY_PAGES) };
}
