import type { Attached } from "@meshwasm/oras";
import type { Inspection } from "./inspect-any.js";
import type { PushedFilter } from "./push-filter.js";

/** A push in lines for a person. */
export function describePush({ ref, digest, bytes, wasmDigest, loadableBy, attached }: PushedFilter): string {
  return [
    `pushed ${ref}`,
    `  digest       ${digest} (${bytes} bytes)`,
    `  module       ${wasmDigest}`,
    `  loadable by  ${loadableBy.join(", ") || "nobody that we know"}`,
    ...attached.map(
      (each) => `  ${each.kind.padEnd(12)} ${each.digest}${each.isSigned ? "" : " (unsigned)"}`,
    ),
  ].join("\n");
}

/** An inspection in lines for a person. */
export function describeInspection(found: Inspection): string {
  const { wasm, layers = [], annotations = {}, attached = [] } = found;
  const rows: [string, string][] = [
    ["artifact", found.ref ?? ""],
    ["media type", found.mediaType ?? ""],
    ["file", found.path ?? ""],
    ...layers.map(({ mediaType, size }): [string, string] => ["layer", `${mediaType} (${size} bytes)`]),
    ...Object.entries(annotations).map(([key, value]): [string, string] => ["annotation", `${key}=${value}`]),
    ["loadable by", found.loadableBy?.join(", ") ?? ""],
    ["problem", found.problem ?? ""],
    ...attached.map((each): [string, string] => [each.kind, describeAttached(each)]),
    ["module", wasm ? `${wasm.digest} (${wasm.bytes} bytes)` : ""],
    ["ABI", wasm?.abi ?? ""],
    ["Envoy", wasm ? (wasm.minEnvoy ? `${wasm.minEnvoy} or later` : "none that we know loads it") : ""],
    ["callbacks", wasm?.exports.filter((name) => name.startsWith("proxy_on_")).join(", ") ?? ""],
    ["imports", wasm?.imports.join(", ") ?? ""],
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(12)} ${value}`)
    .join("\n");
}

function describeAttached({ digest, tag, kind, predicateType, artifactType, isSigned }: Attached): string {
  const type = kind === "other" ? artifactType : kind === "attestation" ? predicateType : undefined;
  const notes = [type, tag === undefined ? undefined : `tag ${tag}`, isSigned ? "not verified" : "unsigned"];
  return `${digest} (${notes.filter((note) => note !== undefined).join(", ")})`;
}
