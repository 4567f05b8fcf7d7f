import {
  envoyCallback,
  MeshwasmError as HostError,
  type HostErrorCode,
  loadModule,
} from "@meshwasm/sdk/host";
import { type ErrorCode, MeshwasmError } from "../errors.js";

/** What a module says of itself. */
export interface ModuleFacts {
  /** `0.1.0`, `0.2.0` or `0.2.1`. */
  abi: string;
  /** `network` when it exports callbacks of connections and none of HTTP. */
  kind: "http" | "network";
  /** Names of the functions that it imports, as Envoy names capabilities; each once, in order. */
  imports: string[];
  /** Names of what it exports for Envoy to call, as Envoy names capabilities, in order. */
  callbacks: string[];
}

const reasons: Partial<Record<HostErrorCode, ErrorCode>> = {
  MODULE_INVALID: "ModuleInvalid",
  ABI_UNSUPPORTED: "AbiUnsupported",
  IMPORT_MISSING: "ImportMissing",
  IMPORT_MISMATCH: "ImportMissing",
};

/**
 * Compiles a module and refuses what Envoy would refuse when it loads it; nothing in it is run.
 *
 * @throws MeshwasmError ModuleInvalid, AbiUnsupported, ImportMissing with the import's name
 */
export function moduleFacts(wasm: Uint8Array): ModuleFacts {
  try {
    const { abi, shape } = loadModule(wasm);
    const names = new Set(shape.exports.map(({ name }) => name));
    const has = (...callbacks: string[]) => callbacks.some((name) => names.has(`proxy_on_${name}`));
    const isHttp = has(
      "request_headers",
      "request_body",
      "response_headers",
      "response_body",
      "response_trailers",
    );
    const isNetwork = has("new_connection", "downstream_data", "upstream_data");
    const imports = [
      ...new Set(shape.imports.filter(({ kind }) => kind === "func").map(({ name }) => name)),
    ].sort();
    // Memory can be asked for whatever the capabilities are.
    const callbacks = [...names]
      .filter((name) => name.startsWith("proxy_") && name !== "proxy_on_memory_allocate")
      .filter((name) => envoyCallback(abi, name) !== undefined)
      .sort();
    return { abi, kind: isNetwork && !isHttp ? "network" : "http", imports, callbacks };
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    const code = reasons[cause.code] ?? "ModuleInvalid";
    throw new MeshwasmError(code, cause.message, { cause, hint: cause.hint || "build the filter again" });
  }
}
