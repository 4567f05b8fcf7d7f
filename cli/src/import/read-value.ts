import { MeshwasmError } from "../errors.js";
import type { JsonDocument } from "./json-documents.js";

/** Keys and indexes from a document's root. */
export type Path = readonly (string | number)[];

/** An object as JSON gives it. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object there; undefined: nothing, or null. @throws MeshwasmError FILTER_INVALID for anything else */
export function objectAt(document: JsonDocument, path: Path): JsonObject | undefined {
  return typed(document, path, isObject, "an object");
}

/** The list there; nothing, or null: an empty one. @throws MeshwasmError FILTER_INVALID for anything else */
export function listAt(document: JsonDocument, path: Path): unknown[] {
  return typed(document, path, Array.isArray, "a list") ?? [];
}

/** The text there; undefined: nothing, or null. @throws MeshwasmError FILTER_INVALID for anything else */
export function textAt(document: JsonDocument, path: Path): string | undefined {
  return typed(document, path, (value): value is string => typeof value === "string", "text");
}

/** The number there; undefined: nothing, or null. @throws MeshwasmError FILTER_INVALID for anything else */
export function numberAt(document: JsonDocument, path: Path): number | undefined {
  return typed(document, path, (value): value is number => typeof value === "number", "a number");
}

function typed<T>(
  document: JsonDocument,
  path: Path,
  is: (value: unknown) => value is T,
  what: string,
): T | undefined {
  let value: unknown = document.value;
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw new MeshwasmError("FILTER_INVALID", `${document.place(path)}: ${path.join(".")} should be ${what}`);
}
