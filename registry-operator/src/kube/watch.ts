import type { IncomingMessage } from "node:http";
import { MeshwasmError } from "../errors.js";
import { deadline } from "./deadline.js";
import { KubeError } from "./kube-error.js";
import type { KubeObject } from "./object.js";
import { type Resource, resourcePath } from "./resource.js";
import type { Transport } from "./transport.js";

/** What a watch says. A bookmark carries nothing but the version that it has reached. */
export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: KubeObject;
}

/** The server ends a watch by itself after about this long, so that load spreads again after a restart. */
const shortestSeconds = 240;
/** etcd takes no object above 1.5 MiB by default. */
const maxLineBytes = 16 << 20;

/** What to watch, and from where. */
export interface WatchOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  resourceVersion: string;
  signal: AbortSignal;
}

/**
 * One watch connection; ends when the server ends it. A peer that is gone without a word is noticed by TCP keep-alive, and
 * at the latest a little after the server should have ended the watch.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * @throws KubeError of the server's `ERROR` event (410: the version is too old), MeshwasmError KubeUnreachable
 */
export async function* openWatch(
  transport: Transport,
  resource: Resource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { namespace, labelSelector, fieldSelector, resourceVersion } = options;
  const timeoutSeconds = shortestSeconds + Math.floor(Math.random() * shortestSeconds);
  const life = deadline((timeoutSeconds + 30) * 1000, options.signal);
  const path = resourcePath(resource, { namespace });
  let body: IncomingMessage | undefined;
  const stop = () => body?.destroy();
  life.signal.addEventListener("abort", stop, { once: true });
  try {
    body = await transport.stream({
      method: "GET",
      path,
      resource: resource.plural,
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion,
        timeoutSeconds,
        labelSelector,
        fieldSelector,
      },
      signal: life.signal,
    });
    for await (const line of lines(body)) {
      const event = parseEvent(line, path);
      if (event.type === "ERROR") throw statusError(path, event.object);
      yield event as WatchEvent;
    }
  } catch (error) {
    if (life.signal.aborted) return;
    if (error instanceof MeshwasmError) throw error;
    throw new MeshwasmError("KubeUnreachable", `the watch of ${path} broke: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    life.clear();
    body?.destroy();
  }
}

async function* lines(body: IncomingMessage): AsyncGenerator<string> {
  body.setEncoding("utf8");
  let rest = "";
  for await (const chunk of body) {
    rest += chunk;
    let start = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
      if (end > start) yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > maxLineBytes)
      throw new MeshwasmError("KubeUnreachable", "one watch event is too large");
  }
}

function parseEvent(line: string, path: string): { type: string; object: KubeObject } {
  try {
    const event = JSON.parse(line);
    if (typeof event?.type === "string" && typeof event.object === "object" && event.object !== null)
      return event;
  } catch {
    // Said below.
  }
  throw new MeshwasmError("KubeUnreachable", `the watch of ${path} sent what is no event`);
}

function statusError(path: string, status: unknown): KubeError {
  const { code } = status as { code?: unknown };
  return new KubeError(`the watch of ${path}`, typeof code === "number" ? code : 500, status);
}
