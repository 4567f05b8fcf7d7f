import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { Connection } from "./connection.js";
import { type HttpResponse, resolveLocation } from "./transport.js";

/**
 * The target of the `rel="next"` link of a `Link` header; undefined when it has none.
 * See https://www.rfc-editor.org/rfc/rfc8288#section-3.
 */
export function nextLink(header: string | undefined): string | undefined {
  for (const match of (header ?? "").matchAll(/<([^<>]*)>((?:\s*;\s*[^;,"]*(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*(?:next|"(?:[^"]*\s)?next(?:\s[^"]*)?")\s*(?:;|$)/i.test(match[2] ?? ""))
      return match[1];
  }
  return undefined;
}

/**
 * Follows a paged list to its end: every page on the registry's own origin, none twice, not more than 1,000.
 * @param read consumes a page's body.
 * @throws MeshwasmError REGISTRY_ERROR for a link elsewhere or in a circle, SIZE_LIMIT for too many pages.
 */
export async function eachPage(
  connection: Connection,
  first: { url: URL; accept: string },
  read: (response: HttpResponse) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  let url: URL | undefined = first.url;
  while (url) {
    if (seen.has(url.href)) throw refused(connection, "in a circle");
    if (seen.size === limits.pages) {
      const message = `registry ${connection.host} answers with more than ${limits.pages} pages`;
      throw new MeshwasmError("SIZE_LIMIT", message);
    }
    seen.add(url.href);
    url = await onePage(connection, url, first.accept, read);
  }
}

function onePage(
  connection: Connection,
  url: URL,
  accept: string,
  read: (response: HttpResponse) => Promise<void>,
): Promise<URL | undefined> {
  return connection.retrying(async () => {
    const response = await connection.send({ method: "GET", url, headers: { accept } });
    const link = nextLink(response.header("link"));
    await read(response);
    if (link === undefined) return undefined;
    const next = resolveLocation(link, url);
    if (next.origin !== connection.origin) throw refused(connection, `to ${next.host}`);
    return next;
  });
}

function refused(connection: Connection, where: string): MeshwasmError {
  return new MeshwasmError("REGISTRY_ERROR", `registry ${connection.host} continues a list ${where}`);
}
