import type { PushResult } from "@meshwasm/oras";
import type { Inspection } from "./inspect-any.js";

/** A push in lines for a person. */
export function describePush({ ref, digest, bytes, wasmDigest, loadableBy }: PushResult): string {
  return [
    `pushed ${ref}`,
    `  digest       ${digest} (${bytes} bytes)`,
    `  module       ${wasmDigest}`,
    `  loadable by  ${loadableBy.join(", ") || "nobody that we know"}`,
  ].join("\n");
}

/** An inspection in lines for a person. */
export function describeInspection(found: Inspection): string {
  const { wasm, layers = [], annotations = {} } = found;
  const rows: [string, string][] = [
    ["artifact", found.ref ?? ""],
    ["media type", found.mediaType ?? ""],
    ["file", found.path ?? ""],
    ...layers.map(({ mediaType, size }): [string, string] => ["layer", `${mediaType} (${size} bytes)`]),
    ...Object.entries(annotations).map(([key, value]): [string, string] => ["annotation", `${key}=${value}`]),
    ["loadable by", found.loadableBy?.join(", ") ?? ""],
    ["problem", found.problem ?? ""],
    ["module", wasm ? `${wasm.digest} (${wasm.bytes} bytes)` : ""],
    ["ABI", wasm?.abi ?? ""],
    ["callbacks", wasm?.exports.filter((name) => name.startsWith("proxy_on_")).join(", ") ?? ""],
    ["imports", wasm?.imports.join(", ") ?? ""],
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(12)} ${value}`)
    .join("\n");
}
