import type { HeadersView } from "@meshwasm/sdk/host";

/** What concerns one connection only, and so never reaches the filter. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Node's raw headers (names and values in turn, a byte per character) as the in-process host takes them. */
export function fromNode(raw: readonly string[], drop: readonly string[] = []): [string, Uint8Array][] {
  const found: [string, Uint8Array][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (hopByHop.has(name) || drop.includes(name)) continue;
    found.push([name, Buffer.from(raw[index + 1] as string, "latin1")]);
  }
  return found;
}

/** Headers that left the filter as Node takes them: names and values in turn, a byte per character. */
export function toNode(headers: HeadersView): string[] {
  return headers.entries().flatMap(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]);
}
