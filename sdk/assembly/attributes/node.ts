import { textAt } from "../properties";

// The proxy itself, as its bootstrap names it. Older Envoys have it at `["node", …]`.

/** Its id: in Istio `sidecar~ip~pod.namespace~…`. */
export function id(): string | null {
  return textAt("xds\0node\0id");
}

/** The service cluster that it is of. */
export function cluster(): string | null {
  return textAt("xds\0node\0cluster");
}

/** A text in its metadata, by the names of the fields that lead to it; null when it is absent. */
export function metadata(fields: string[]): string | null {
  return textAt("xds\0node\0metadata\0" + fields.join("\0"));
}
